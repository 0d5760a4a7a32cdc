"""The day report adds up, counts the unanswered, and shows nobody more than they may see."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from harken.domain.conversations.models import Conversation, Message
from harken.domain.conversations.services.close import close, reopen
from harken.domain.conversations.services.receive import receive_posts
from harken.domain.insights.figures import spread
from harken.domain.insights.queries import Narrowed
from harken.domain.insights.reports.day import DayReport, Period, day_report, local_day
from harken.domain.people.models import User
from harken.domain.replies.services.send import send
from harken.domain.sla.models import SLAPolicy
from harken.domain.sla.services.hours import Opening, add_hours
from harken.domain.sla.services.policies import Terms, add_policy, retire_policy
from harken.kit import clock
from harken.kit.connector import PostDeleted
from tests.cast import Company
from tests.domain.insights.ledger import Ledger
from tests.domain.replies.conftest import Network, Outbox
from tests.domain.sla.conftest import ago, answer

Receive = Callable[..., Conversation]
__all__ = ["answer"]  # a fixture of the promises' tests


def report(user: User, narrowed: Narrowed | None = None) -> DayReport:
    """Of the last hour and the next minutes."""
    now = clock.now()
    period = Period(now - timedelta(hours=1), now + timedelta(minutes=5), UTC)
    return day_report(user, period, narrowed or Narrowed())


def counts(found: DayReport) -> tuple[int, int, int, int]:
    total = found.total
    return total.received, total.answered, total.dismissed, total.open


def take_back(company: Company, message: Message) -> None:
    receive_posts(company.channel, [PostDeleted(message.external_id, clock.now())])


class Day:
    """Random acts at the desk and at the network, each told to the ledger."""

    def __init__(self, company: Company, receive: Receive, seed: int) -> None:
        company.channel.undo_seconds = 0
        company.channel.save()
        self.company, self.receive = company, receive
        self.dice, self.ledger = random.Random(seed), Ledger()
        self.outbox = Outbox(Network())

    def live(self, acts: int) -> None:
        for _ in range(acts):
            known = list(Conversation.objects.all())
            act = self.dice.choice([self.write, self.write, self.answer, self.dismiss, self.delete])
            if known and (act != self.write or self.dice.random() < 0.5):
                act(self.dice.choice(known))
            else:
                self.write(None)

    def write(self, under: Conversation | None) -> None:
        root = {"root_id": under.thread_key} if under else {}
        by = under.handle.handle.partition(".")[0] if under else f"c{self.dice.random()}"
        found = self.receive(by=by, sent_at=clock.now(), **root)
        self.ledger.came(found.pk, found.messages.latest("id").pk)

    def answer(self, found: Conversation) -> None:
        waiting = self.ledger.waiting[found.pk]
        if not waiting:
            return
        seen = self.dice.choice(waiting)
        send(found, body="Soon.", client_key=uuid.uuid4(), by=self.company.mika, seen=seen)
        assert self.outbox.deliver() == 1
        self.ledger.settled(found.pk, seen, "answered")

    def dismiss(self, found: Conversation) -> None:
        newest = found.messages.latest("id").pk
        reason = self.dice.choice(["thanks", "spam"])
        was_open = found.state == "open"
        close(found, reason=reason, by=self.company.mika)
        if was_open:
            self.ledger.settled(found.pk, newest, "dismissed")

    def delete(self, found: Conversation) -> None:
        standing = found.messages.filter(direction="inbound", deleted_at=None)
        if standing:
            message = self.dice.choice(list(standing))
            take_back(self.company, message)
            self.ledger.taken_back(found.pk, message.pk)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_received_is_answered_and_dismissed_and_open_whatever_happened(
    company: Company, receive: Receive, seed: int
) -> None:
    day = Day(company, receive, seed)
    day.live(160)
    ledger, found = day.ledger, report(company.mika)
    should = ledger.count
    assert counts(found) == (
        should["received"],
        should["answered"],
        should["dismissed"],
        ledger.open,
    )
    received, answered, dismissed, still_open = counts(found)
    assert min(counts(found)) > 0
    assert received == answered + dismissed + still_open
    for part in found.parts.values():
        assert sum(each.received for each in part.values()) == received
    assert sum(each.received for _, each in found.hours) == received
    assert len(found.turns) == received


def test_the_unanswered_are_in_the_denominator_and_the_dismissed_in_time_are_not(
    company: Company, receive: Receive, answer
) -> None:
    in_time, late, never, soon = (receive(by=f"c{n}", sent_at=ago(300)) for n in range(4))
    answer(in_time, in_time.opened_at + timedelta(seconds=60))
    answer(late, late.opened_at + timedelta(seconds=61))
    fresh = receive(by="fresh", sent_at=ago(5))
    thanked = receive(by="thanked", sent_at=ago(20))
    close(thanked, reason="thanks", by=company.mika)
    found = report(company.mika)
    assert counts(found) == (6, 2, 1, 3)
    assert (found.total.calendar.due, found.total.calendar.kept) == (4, 1)
    assert found.total.calendar.rate == 0.25
    assert (found.first.n, found.first.median, found.first.p95) == (2, 60.0, 61.0)
    assert found.oldest_open == pytest.approx(300, abs=5)
    assert never.pk and soon.pk and fresh.pk
    promises = found.total
    assert (promises.kept, promises.breached, promises.pending) == (2, 1, 3)


def test_first_answers_and_next_answers_are_told_apart(
    company: Company, receive: Receive, answer
) -> None:
    found = receive(sent_at=ago(200))
    answer(found, found.opened_at + timedelta(seconds=10))
    again = found.opened_at + timedelta(seconds=100)
    receive("And now?", root_id=found.thread_key, sent_at=again)
    answer(found, found.opened_at + timedelta(seconds=130))
    told = report(company.mika)
    assert (told.first.n, told.first.median) == (1, 10.0)
    assert (told.next.n, told.next.median) == (1, 30.0)


def test_a_conversation_opened_again_waits_since_its_first_message(
    company: Company, receive: Receive
) -> None:
    found = receive(sent_at=ago(200))
    close(found, reason="spam", by=company.mika)
    assert counts(report(company.mika)) == (1, 0, 1, 0)
    reopen(found, by=company.mika)
    told = report(company.mika)
    assert counts(told) == (1, 0, 0, 1)
    assert told.turns[0].turn.started_at == found.opened_at


def test_service_seconds_count_in_the_hours_in_force_when_the_turn_began(
    company: Company, receive: Receive, answer
) -> None:
    for policy in SLAPolicy.objects.all():
        retire_policy(policy, by=company.maren)
    closed_now = add_hours(_closed_now(), by=company.maren)
    terms = Terms(name="In hours", first_response=60, next_response=60, hours=closed_now)
    add_policy(terms, by=company.maren)
    found = receive(sent_at=ago(400))
    answer(found, found.opened_at + timedelta(seconds=300))
    told = report(company.mika).total
    assert (told.calendar.due, told.calendar.kept) == (1, 0)
    assert (told.service.due, told.service.kept) == (1, 1)


def _closed_now() -> Opening:
    """Open for one hour a day, half a day away from now."""
    start = ((clock.now().hour + 12) % 23) * 60
    return Opening(name="Not now", zone="UTC", week=[[(start, start + 60)]] * 7)


def test_nobody_is_counted_who_may_not_be_seen(company: Company, receive: Receive) -> None:
    receive(by="one")
    hidden = receive(by="two")
    Conversation.objects.filter(pk=hidden.pk).update(team=company.billing)
    assert counts(report(company.mika))[0] == 1
    assert counts(report(company.bea))[0] == 1
    assert counts(report(company.maren))[0] == 2
    assert counts(report(company.maren, Narrowed(team=company.billing.pk)))[0] == 1
    assert counts(report(company.mika, Narrowed(team=company.billing.pk)))[0] == 0


def test_a_report_narrowed_to_an_agent_counts_what_they_ended_or_have(
    company: Company, receive: Receive
) -> None:
    theirs, _ = receive(by="one"), receive(by="two")
    close(theirs, reason="thanks", by=company.ben)
    assert counts(report(company.maren, Narrowed(agent=company.ben.pk))) == (1, 0, 1, 0)


def test_a_local_day_has_as_many_hours_as_its_clock() -> None:
    zone = ZoneInfo("Europe/Amsterdam")
    for day, hours in (
        (datetime(2026, 3, 29, 9, tzinfo=UTC), 23),
        (datetime(2026, 10, 25, 9, tzinfo=UTC), 25),
        (datetime(2026, 5, 4, 9, tzinfo=UTC), 24),
    ):
        period = local_day(day, zone)
        assert len(period.hours) == hours
        assert period.hours[-1][1] == period.end
        assert period.start.astimezone(zone).hour == period.end.astimezone(zone).hour == 0


def test_quantiles_are_values_that_happened() -> None:
    found = spread([40.0, 10.0, 30.0, 20.0])
    assert (found.n, found.mean, found.median, found.p75, found.p95) == (4, 25.0, 20.0, 30.0, 40.0)
    assert spread([]).median is None
