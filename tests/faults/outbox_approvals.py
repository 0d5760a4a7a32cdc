"""The approvers of the model, the wrong people who try it too, and the leads who change the rules.

Mika learns: while the rule holds, Ben is asked to read her answers, then Lena; Maren is the manager
who may always. Vic may only look, Bea belongs to another team, Elif is an executive.
"""

from __future__ import annotations

from collections import Counter

from hypothesis import strategies as st

from harken.domain.approvals.models import Approval
from harken.domain.approvals.models_rules import ApprovalRule
from harken.domain.approvals.services.decide import Read, WordsMoved, approve, edit, give_back
from harken.domain.approvals.services.rules import Terms, retire_rule, save_rule, set_trainee
from harken.domain.approvals.tasks import ask_ripe
from harken.domain.people.models import Membership, Role, User
from harken.domain.replies.models import Reply, ReplyState
from harken.domain.replies.queries import draft_of
from harken.domain.replies.services.reword import digest
from harken.domain.replies.services.send import ThreadMoved
from harken.kit.refusals import NotAllowed, Refusal
from tests.cast import Company
from tests.faults.outbox_games import Counted, Game, Row, move, pick, pieces, seldom


def _any_asked(game: Game) -> bool:
    return any(row.approval for row in game.rows)


def _any_waits(game: Game) -> bool:
    return game.is_any("approval")


class Approvers(Game):
    """What approvers do, and what the laws of approval hold them to."""

    rule: ApprovalRule

    def __init__(self) -> None:
        super().__init__()
        self.kept_back: set[int] = set()
        self.approved: dict[int, str] = {}  # the hash of the words somebody agreed to
        self.yeses: Counter[int] = Counter()
        self.learns = self.ben_may = self.is_ruled = True

    @classmethod
    def open_the_house(cls, company: Company) -> None:
        """What every play begins with, stored once: the company, who learns, and the rule."""
        cls.company = company
        set_trainee(company.mika, learns=True, by=company.lena)
        cls.rule = save_rule(None, cls.terms(company), by=company.lena)

    @staticmethod
    def terms(house: Company) -> Terms:
        return Terms(name="Who learns", trainee=True, approvers=(house.ben, house.lena))

    # --- what has to be so --------------------------------------------------------------------

    def works_here(self, by: User) -> bool:
        return by.pk != self.company.ben.pk or self.ben_may

    def may_decide(self, by: User, row: Row) -> bool:
        house = self.company
        if by.pk == house.ben.pk:
            return self.ben_may and by.pk in row.asked
        return by.pk in {house.lena.pk, house.maren.pk}

    def asked_for(self, reply: Reply) -> None:
        learns = self.learns and reply.author_id == self.company.mika.pk
        must_wait = learns and self.is_ruled
        assert (reply.state == ReplyState.APPROVAL) == must_wait, "the gate stands elsewhere"
        if must_wait:
            self.kept_back.add(reply.pk)
            Counted.seen["kept back"] += 1

    # --- approvers, and who would like to be ----------------------------------------------------

    @move("reword", 5, when=_any_waits, number=pick, who=pick, text=pieces, stale=seldom)
    def reword(self, number: int, who: int, text: str, stale: bool) -> None:
        row, by = self.waiting(number), self.anybody(who)
        read = self.words_read(row, stale)
        try:
            edit(self.approval(row), body=text, by=by, **read)
        except Refusal as refusal:
            self.rightly_refused(refusal, row, by, read)
            return
        self.rightly_done(row, by, read)
        self.texts[row.pk] = text
        Counted.seen["reworded"] += 1

    @move(
        "approve",
        14,
        when=_any_waits,
        number=pick,
        who=pick,
        text=st.none() | pieces,
        stale=seldom,
    )
    def approve(self, number: int, who: int, text: str | None, stale: bool) -> None:
        row, by = self.waiting(number), self.anybody(who)
        place, news = self.read.get((row.conversation, by.pk), (None, 0))
        read = self.words_read(row, stale)
        try:
            approve(self.approval(row), by=by, body=text, **(read | Read(read_up_to=place)))
        except Refusal as refusal:
            self.rightly_refused(refusal, row, by, read)
            Counted.seen["approved over news: refused"] += isinstance(refusal, ThreadMoved)
            return
        self.yeses[row.pk] += 1
        self.rightly_done(row, by, read)
        assert place is None or news == self.news[row.conversation], "approved over news"
        self.texts[row.pk] = text or self.texts[row.pk]
        self.approved[row.pk] = digest(self.texts[row.pk])
        Counted.seen["approved"] += 1

    @move("give back", 3, when=_any_waits, number=pick, who=pick)
    def give_back(self, number: int, who: int) -> None:
        row, by = self.waiting(number), self.anybody(who)
        try:
            give_back(self.approval(row), note="Say when, please.", by=by)
        except Refusal as refusal:
            self.rightly_refused(refusal, row, by, Read())
            return
        self.rightly_done(row, by, Read())
        reply = Reply.objects.select_related("conversation", "author").get(pk=row.pk)
        assert self.texts[row.pk] in draft_of(reply.conversation, reply.author).body
        self.calls_at_undo[row.pk] = self.calls(row.key)
        Counted.seen["given back"] += 1

    @move("ask on", 2, when=_any_asked)
    def ask_on(self) -> None:
        """The clock asks the next ones of every chain whose moment has come."""
        Counted.seen["asked on"] += ask_ripe()

    # --- leads --------------------------------------------------------------------------------

    @move("rule", 1, when=lambda game: game.posts and game.learns and game.company.ben.can_answer)
    def rule_comes_or_goes(self) -> None:
        """What waits under a rule that is retired waits on."""
        if self.is_ruled:
            retire_rule(self.rule, by=self.company.lena)
        else:
            self.rule = save_rule(None, self.terms(self.company), by=self.company.lena)
        self.is_ruled = not self.is_ruled

    @move("learn", 1, when=lambda game: game.posts and game.is_ruled)
    def mika_learns_or_has_learnt(self) -> None:
        self.learns = not self.learns
        set_trainee(self.company.mika, learns=self.learns, by=self.company.lena)

    @move("role", 1, when=lambda game: game.posts, way=st.sampled_from(["viewer", "gone"]))
    def ben_loses_or_gets_his_role(self, way: str) -> None:
        """He may be asked already, and have written answers that wait."""
        ben = self.company.ben
        ben.role = Role.AGENT if not self.ben_may or way == "gone" else Role.VIEWER
        ben.save(update_fields=["role"])
        Membership.objects.filter(user=ben).delete()
        if not self.ben_may or way == "viewer":
            Membership.objects.create(user=ben, team=self.company.service)
        self.ben_may = not self.ben_may

    # --- choosing and judging -----------------------------------------------------------------

    def waiting(self, number: int) -> Row:
        """An answer that was kept back: one still undecided, mostly."""
        decided = [row for row in self.rows if row.decision]
        found = decided if number % 4 == 3 and decided else self.in_state("approval")
        return found[number % len(found)]

    def anybody(self, number: int) -> User:
        house = self.company
        named = (house.lena, house.ben, house.maren)
        wrong = (house.mika, house.vic, house.bea, house.elif_)
        return wrong[number // 4 % 4] if number % 4 == 3 else named[number // 4 % 3]

    def approval(self, row: Row) -> Approval:
        return Approval.objects.select_related("reply").get(reply=row.pk)

    def words_read(self, row: Row, stale: bool) -> Read:
        """The newest words, or the ones before those."""
        return Read(number=len(row.wordings) - stale)

    def rightly_refused(self, refusal: Refusal, row: Row, by: User, read: Read) -> None:
        may = self.may_decide(by, row)
        assert may != isinstance(refusal, NotAllowed), f"{by}: {refusal}"
        Counted.seen["refused to the wrong one"] += not may
        Counted.seen["refused twice"] += may and row.decision != ""
        Counted.seen["refused unread"] += isinstance(refusal, WordsMoved)

    def rightly_done(self, row: Row, by: User, read: Read) -> None:
        assert self.may_decide(by, row), f"{by} decided"
        assert row.decision == "", "decided twice"
        assert read.get("number", len(row.wordings)) == len(row.wordings), "decided unread"
