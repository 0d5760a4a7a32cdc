"""The writers of the model: they draft, read, send, choose moments, and take back."""

from __future__ import annotations

import uuid
from collections import Counter

from hypothesis import strategies as st

from harken.domain.conversations.models import Conversation
from harken.domain.people.models import User
from harken.domain.replies.models import Reply, ReplyState
from harken.domain.replies.queries import draft_of
from harken.domain.replies.queries_moved import place_in
from harken.domain.replies.services.draft import save_draft
from harken.domain.replies.services.schedule import reschedule
from harken.domain.replies.services.send import Before, ThreadMoved, send
from harken.domain.replies.services.settle import edit_again, resolve_by_hand
from harken.domain.replies.services.undo import undo
from harken.kit import clock
from harken.kit.refusals import NotAllowed, Refusal
from tests.faults.outbox_games import LATER, Counted, Game, move, pick, pieces

UNDOABLE = ("approval", "scheduled", "held", "queued", "sending")


def _somebody_wrote(game: Game) -> bool:
    return bool(game.posts)


def _somebody_waits(game: Game) -> bool:
    """An answer to nobody is refused, at the price of ten other steps: that is tried seldom."""
    return bool(game.waiting_for_us())


class Writers(Game):
    """What writers do. Who may write, and whose answers are kept back, is known from outside."""

    def __init__(self) -> None:
        super().__init__()
        self.news_scheduled: dict[int, int] = {}  # as many as had happened when it was scheduled
        self.tries: Counter[int] = Counter()

    def works_here(self, by: User) -> bool:
        raise NotImplementedError

    def asked_for(self, reply: Reply) -> None:
        """Look at an answer that was just written: is it kept back if, and only if, it must be."""
        raise NotImplementedError

    @move("draft", 1, when=_somebody_wrote, number=pick, who=pick, text=pieces)
    def draft(self, number: int, who: int, text: str) -> None:
        found, by = self.conversation(number), self.writer(who)
        try:
            save_draft(found, body=text, by=by)
        except NotAllowed:
            assert not self.works_here(by)
            return
        assert self.works_here(by), "somebody writes who may not"
        assert draft_of(found, by).body == text

    @move("read again", 5, when=_somebody_wrote, number=pick, who=pick)
    def read_again(self, number: int, who: int) -> None:
        found, house = self.conversation(number), self.company
        by = (house.mika, house.ben, house.lena, house.maren)[who % 4]
        self.read[found.pk, by.pk] = place_in(found), self.news[found.pk]

    @move(
        "send",
        3,
        when=_somebody_waits,
        number=pick,
        who=pick,
        text=pieces,
        again=st.booleans(),
        twice=st.booleans(),
    )
    def send(self, number: int, who: int, text: str, again: bool, twice: bool) -> None:
        found, by = self.conversation(number), self.writer(who)
        place, news = self.read.get((found.pk, by.pk), (None, 0))
        before, client_key = Before(again=again, read_up_to=place), uuid.uuid4()
        reply = self.written(found, text, client_key, by, before)
        if reply is None:
            Counted.seen["send refused"] += 1
            return
        assert place is None or news == self.news[found.pk], "answered over news"
        if twice:
            assert send(found, body="x", client_key=client_key, by=by, **before).pk == reply.pk

    @move(
        "schedule", 1, when=_somebody_waits, number=pick, who=pick, text=pieces, again=st.booleans()
    )
    def schedule(self, number: int, who: int, text: str, again: bool) -> None:
        found, by = self.conversation(number), self.writer(who)
        before = Before(again=again, go_at=clock.now() + LATER)
        reply = self.written(found, text, uuid.uuid4(), by, before)
        if reply is None:
            Counted.seen["schedule refused"] += 1
            return
        assert reply.state in {ReplyState.SCHEDULED, ReplyState.APPROVAL}
        self.news_scheduled[reply.pk] = self.news[found.pk]

    def written(
        self, found: Conversation, text: str, client_key: uuid.UUID, by: User, before: Before
    ) -> Reply | None:
        """The answer if it was taken, with what should be so from now on; None: refused."""
        try:
            reply = send(found, body=text, client_key=client_key, by=by, **before)
        except Refusal as refusal:
            assert self.works_here(by) != isinstance(refusal, NotAllowed)
            Counted.seen[f"{type(refusal).__name__} refused"] += 1
            if isinstance(refusal, ThreadMoved):
                del self.read[found.pk, by.pk]  # who was shown what happened knows it
            return None
        assert self.works_here(by), "somebody answers who may not"
        self.texts[reply.pk], self.writers[reply.pk] = text, by.pk
        self.answered[found.pk] = len(self.posts)
        self.asked_for(reply)
        return reply

    @move("reschedule", 2, when=lambda game: game.is_any("scheduled"), number=pick)
    def reschedule(self, number: int) -> None:
        reply = self.reply(number, "scheduled")
        later = clock.now() + 2 * LATER
        assert reschedule(reply, later, by=reply.author).next_attempt_at == later

    @move("undo", 3, when=lambda game: game.is_any(*UNDOABLE), number=pick, who=pick)
    def undo(self, number: int, who: int) -> None:
        reply, house = self.reply(number, *UNDOABLE), self.company
        others = (house.vic, house.bea, house.elif_, house.mika, house.ben, house.lena)
        by = others[who // 2 % len(others)] if who % 2 else reply.author
        try:
            undo(reply, by=by)
        except Refusal:
            return
        assert by.pk in {reply.author_id, house.lena.pk}, "undone by somebody else"
        assert self.texts[reply.pk] in draft_of(reply.conversation, reply.author).body
        self.calls_at_undo[reply.pk] = self.calls(reply.key)
        Counted.seen["undone"] += 1

    @move("settle by hand", 6, when=lambda game: game.is_any("needs_human"), number=pick)
    def settle_by_hand(self, number: int) -> None:
        reply = self.reply(number, "needs_human")
        resolve_by_hand(reply, was_sent=reply.key in self.network.records, by=self.company.lena)

    @move("edit again", 2, when=lambda game: game.is_any("refused"), number=pick)
    def edit_refused(self, number: int) -> None:
        reply = self.reply(number, "refused")
        by = reply.author if self.works_here(reply.author) else self.company.lena
        assert self.texts[reply.pk] in edit_again(reply, by=by).body

    def reply(self, number: int, *states: str) -> Reply:
        found = self.in_state(*states)
        around = ("author", "conversation", "channel")
        return Reply.objects.select_related(*around).get(pk=found[number % len(found)].pk)
