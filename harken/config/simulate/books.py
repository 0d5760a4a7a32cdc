"""Do the books agree: the network's, the desk's, and what the agents remember?"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count

from harken.config.simulate.floor import Floor
from harken.config.simulate.ledger import Closing, Ended, turns
from harken.connectors.loopback.wire import Post
from harken.domain.conversations.models import Direction, Message
from harken.domain.conversations.models_early import Tombstone
from harken.domain.insights.reports.day import DayReport
from harken.domain.journal.models import Event
from harken.domain.replies.models import GONE, ON_ITS_WAY, Reply, ReplyState


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must be so, whether it is, and the figures."""

    name: str
    holds: bool
    said: str


class Books:
    """All books of one day. `posts`: everything at the network; `us`: our account's id there."""

    def __init__(self, posts: Sequence[Post], us: str, floor: Floor, report: DayReport) -> None:
        self.posts, self.us, self.floor, self.report = posts, us, floor, report
        self.theirs = [post for post in posts if post.author.id != us]
        self.ours = [post for post in posts if post.author.id == us]
        self.told: list[Ended] = turns(posts, us, list(_closings()))

    def checks(self, minute: float, now: datetime) -> Iterator[Check]:
        """Every check; `minute` is the promise in seconds of the wall."""
        yield self._stored()
        yield self._deleted()
        yield self._answers()
        yield self._remembered()
        yield _no_double(self.ours)
        yield _settled()
        yield _assigned_in_turn()
        yield self._sums()
        yield self._minute(minute, now)

    def _stored(self) -> Check:
        stored = Message.objects.filter(direction=Direction.INBOUND, deleted_at=None)
        here = Counter(stored.values_list("external_id", "body"))
        there = Counter((post.id, post.text) for post in self.theirs if not post.deleted)
        missing, extra = (there - here).total(), (here - there).total()
        return Check(
            "every post is stored, once, as it stands",
            here == there,
            f"{len(there)} at the network, {here.total()} in the desk, "
            f"{missing} missing, {extra} too many",
        )

    def _deleted(self) -> Check:
        gone = {post.id for post in self.theirs if post.deleted}
        buried = set(Tombstone.objects.values_list("external_id", flat=True))
        shown = set(
            Message.objects.filter(direction=Direction.INBOUND)
            .exclude(deleted_at=None)
            .values_list("external_id", flat=True)
        )
        return Check(
            "what was taken back is taken back here",
            gone == buried and shown <= gone,
            f"{len(gone)} taken back, {len(buried)} known",
        )

    def _answers(self) -> Check:
        sent = Reply.objects.filter(state=ReplyState.SENT)
        here = Counter(sent.values_list("message__external_id", "target__external_id", "body"))
        there = Counter((post.id, post.parent or "", post.text) for post in self.ours)
        return Check(
            "every answer stands once, under the right post",
            here == there,
            f"{there.total()} at the network, {here.total()} in the desk, "
            f"{(here - there).total() + (there - here).total()} differ",
        )

    def _remembered(self) -> Check:
        places = dict(
            Message.objects.filter(external_id__in=[post.id for post in self.ours]).values_list(
                "external_id", "conversation_id"
            )
        )
        there = Counter((places.get(post.id, 0), post.text.strip()) for post in self.ours)
        kept = Counter((sent.conversation, sent.text.strip()) for sent in self.floor.sent)
        return Check(
            "every answer an agent sent is at the network, and no other",
            there == kept,
            f"{kept.total()} remembered, {(there - kept).total() + (kept - there).total()} differ",
        )

    def _sums(self) -> Check:
        fates = Counter(turn.fate for turn in self.told)
        total = self.report.total
        log = (len(self.told), fates["answered"], fates["dismissed"], fates["open"])
        said = (total.received, total.answered, total.dismissed, total.open)
        return Check(
            "received = answered + dismissed + open, in the report as in the network's log",
            log == said and said[0] == sum(said[1:]),
            f"report {said[0]} = {said[1]} + {said[2]} + {said[3]}, "
            f"log {log[0]} = {log[1]} + {log[2]} + {log[3]}",
        )

    def _minute(self, minute: float, now: datetime) -> Check:
        length, due, kept = timedelta(seconds=minute), 0, 0
        for turn in self.told:
            if (turn.end or now) - turn.start > length:
                due += 1
            elif turn.fate == "answered":
                due, kept = due + 1, kept + 1
        said = self.report.total.calendar
        return Check(
            "answered within the minute, in the report as in the network's log",
            (due, kept) == (said.due, said.kept),
            f"report {said.kept} of {said.due}, log {kept} of {due}",
        )


def _closings() -> Iterator[Closing]:
    events = Event.objects.filter(kind="ConversationClosed").exclude(data__reason="")
    closed = list(events.values_list("at", "conversation_id", "data"))
    said: dict[int, list[tuple[int, str, str, str]]] = defaultdict(list)
    asked = Message.objects.filter(
        direction=Direction.INBOUND,
        conversation__in={conversation for _, conversation, _ in closed},
    )
    for conversation, number, post, root, author in asked.values_list(
        "conversation_id",
        "id",
        "external_id",
        "conversation__thread_key",
        "conversation__handle__external_id",
    ):
        said[conversation].append((number, post, root, author))
    for at, place, data in closed:
        theirs = said[place or 0]
        covered = frozenset(post for number, post, _, _ in theirs if number <= data["up_to"])
        if theirs:
            _, _, root, author = theirs[0]
            yield Closing(at, (root, author), covered)


def _no_double(ours: Sequence[Post]) -> Check:
    twice = Reply.objects.exclude(state__in=GONE).values("turn").annotate(n=Count("id"))
    here = twice.filter(n__gt=1).count()
    there = sum(count > 1 for count in Counter(post.parent for post in ours).values())
    return Check(
        "nobody was answered twice", here + there == 0, f"{here} in the desk, {there} outside"
    )


def _settled() -> Check:
    on_its_way = Reply.objects.filter(state__in=ON_ITS_WAY).count()
    unclear = Reply.objects.filter(state=ReplyState.NEEDS_HUMAN).count()
    return Check(
        "no answer is on its way or unclear",
        on_its_way + unclear == 0,
        f"{on_its_way} on their way, {unclear} unclear",
    )


def _assigned_in_turn() -> Check:
    """Whoever got a conversation got it from whom had it: never two at once."""
    has: dict[int, set[int | None]] = defaultdict(lambda: {None})
    count = wrong = 0
    told = Event.objects.filter(kind__in=["ConversationAssigned", "TeamChanged"]).order_by("id")
    for kind, conversation, data in told.values_list("kind", "conversation_id", "data"):
        who = has[conversation or 0]
        if kind == "TeamChanged":
            who.add(None)  # who is not in the new team has lost it by that
            continue
        count += 1
        wrong += data["before"] not in who
        has[conversation or 0] = {data["assignee"]}
    name = "nobody was given what a colleague got"
    return Check(name, wrong == 0, f"{count} times, {wrong} wrong")
