"""Keeping clocks right: whatever happened to conversations, this brings their promises in line.

It looks at what is true now and not at what happened, so it may run twice and in any order.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec
from django.db import connection

from harken.domain.journal.services import Happened, record_all
from harken.domain.sla.calendars import hours_of
from harken.domain.sla.course import Course
from harken.domain.sla.events import SLABreached, SLAKeptAfterAll
from harken.domain.sla.models import End, Happening, Metric, PromiseState, SLAEvent
from harken.domain.sla.services.facts import Facts, Found, begin, read
from harken.kit import clock as time_source


@dataclass(slots=True)
class _Outcome:
    """What a pass changes: rows to write, and what is to be told."""

    changed: list[Course] = field(default_factory=list)
    started: list[Course] = field(default_factory=list)
    happened: list[SLAEvent] = field(default_factory=list)
    told: list[Happened] = field(default_factory=list)
    dues: list[tuple[int, datetime | None, int | None]] = field(default_factory=list)


def adjust(conversations: Iterable[int], *, reconsider: bool = False) -> None:
    """Start, stop, pause or move the clocks of these conversations (ids).

    Runs in the transaction of the change, which holds the conversations. With `reconsider` the
    policy is looked for again and a running clock takes over its target; its start stays.
    """
    ids = sorted(set(conversations))
    if ids and not reconsider:
        ids = begin(ids)
    if not ids:
        return
    outcome = _Outcome()
    for facts in read(ids):
        _Keeper(facts, outcome, time_source.now()).keep(reconsider=reconsider)
    _write(outcome)


def start_later(conversation: int, turn: int, at: datetime) -> None:
    """Let the running clocks of a turn (ids) start at `at`, not when its message was written.

    For what the network gave us late: the promise is to who could be heard. In the transaction that
    stores the message, before any alarm could look.
    """
    outcome = _Outcome()
    for facts in read([conversation]):
        keeper = _Keeper(facts, outcome, time_source.now())
        if facts.turn == turn:
            keeper.start_later(at)
        keeper.keep(reconsider=False)
    _write(outcome)


class _Keeper:
    """Decides about the clocks of one conversation."""

    def __init__(self, facts: Facts, outcome: _Outcome, now: datetime) -> None:
        self.facts, self.outcome, self.now = facts, outcome, now
        self.clocks = facts.clocks or []
        self.found = {each.clock: each for each in facts.found or ()}
        self.waits = facts.is_open and facts.waiting_since is not None

    def keep(self, *, reconsider: bool) -> None:
        """Both clocks of the conversation, and the due time that its row shows."""
        answering = self._answering(reconsider=reconsider)
        self._solving(reconsider=reconsider)
        running = answering if answering and answering.ended_at is None else None
        due = (running.due_at, running.target) if running else (None, None)
        self.outcome.dues.append((self.facts.id, *due))

    def start_later(self, at: datetime) -> None:
        """Wind up the clocks of this turn as if its message had been written at `at`."""
        for clock in self.clocks:
            if clock.turn_id != self.facts.turn or clock.ended_at or clock.started_at >= at:
                continue
            clock.started_at = clock.runs_since = at
            clock.wind(hours_of, self.now)
            self._note(clock, Happening.CHANGED)

    # --- the answer ---------------------------------------------------------------------------

    def _answering(self, *, reconsider: bool) -> Course | None:
        mine = [each for each in self.clocks if each.metric != Metric.RESOLUTION]
        running = next((each for each in mine if each.ended_at is None), None)
        if running and not (self.waits and running.turn_id == self.facts.turn):
            known = any(e.turn_id == self.facts.turn for e in mine if e is not running)
            if self._is_earlier(running) and not known:
                return self._move(running)
            self._end(running)
            running = None
        if running:
            return self._reconsidered(running) if reconsider else running
        if not self.waits:
            return None
        former = next((each for each in mine if each.turn_id == self.facts.turn), None)
        return self._resume(former) if former else self._start(self._answer_metric())

    def _answer_metric(self) -> Metric:
        return Metric.NEXT_RESPONSE if self.facts.answered else Metric.FIRST_RESPONSE

    def _is_earlier(self, running: Course) -> bool:
        """Whether an older message of the customer came in late and opens the turn now."""
        began = self.facts.waiting_since
        return self.waits and began is not None and began <= running.started_at

    def _move(self, running: Course) -> Course:
        running.turn_id = self.facts.turn or 0
        running.started_at = running.runs_since = self.facts.waiting_since or self.now
        running.wind(hours_of, self.now)
        self._note(running, Happening.CHANGED)
        return running

    def _end(self, running: Course) -> None:
        found = self.found.get(running.id or 0)
        at, by, answer = self._why_over(found)
        self._note(running, running.end(at, by, hours_of, answer))

    def _why_over(self, found: Found | None) -> tuple[datetime, End, int | None]:
        if found and found.answer and found.answered_at:
            return found.answered_at, End.ANSWERED, found.answer
        if found and found.deleted_at:
            return found.deleted_at, End.DELETED, None
        if self.facts.closed_at and not self.facts.is_open:
            return self.facts.closed_at, End.CLOSED, None
        # A person said that the answer stands at the network, and its time there is not known.
        return self.now, End.ANSWERED, None

    # --- the solution -------------------------------------------------------------------------

    def _solving(self, *, reconsider: bool) -> None:
        mine = [each for each in self.clocks if each.metric == Metric.RESOLUTION]
        running = next((each for each in mine if each.ended_at is None), None)
        if running is None:
            former = next(iter(mine), None)
            if self.waits:
                self._resume(former) if former else self._start(Metric.RESOLUTION)
            return
        if not self.facts.is_open:
            at = self.facts.closed_at or self.now
            self._note(running, running.end(at, End.CLOSED, hours_of))
            return
        if reconsider:
            self._reconsidered(running)
        self._pause_or_go_on(running)

    def _pause_or_go_on(self, running: Course) -> None:
        if not running.pauses or running.state != PromiseState.PENDING:
            return
        if self.waits and running.runs_since is None:
            since = self.facts.waiting_since or self.now
            self._note(running, running.go_on(since, hours_of, self.now))
        elif not self.waits and running.runs_since is not None:
            answered = [e.answered_at for e in self.found.values() if e.answered_at]
            self._note(running, running.pause(max(answered, default=self.now), hours_of, self.now))

    # --- both ---------------------------------------------------------------------------------

    def _start(self, metric: Metric) -> Course | None:
        policy, facts = self.facts.policy, self.facts
        target = getattr(policy, metric) if policy else None
        if policy is None or target is None or facts.turn is None or facts.waiting_since is None:
            return None
        started = Course(
            conversation_id=facts.id,
            turn_id=facts.turn,
            metric=metric,
            policy_id=policy.id,
            hours_id=policy.version,
            target=target,
            pauses=policy.pauses and metric == Metric.RESOLUTION,
            seen_id=facts.newest or facts.turn,
            started_at=facts.waiting_since,
            runs_since=facts.waiting_since,
        )
        started.wind(hours_of, self.now)
        self.outcome.started.append(started)
        return started

    def _resume(self, former: Course) -> Course:
        self._note(former, former.resume(hours_of, self.now))
        return former

    def _reconsidered(self, running: Course) -> Course:
        policy = self.facts.policy
        target = getattr(policy, running.metric) if policy else None
        # A promise once made is not taken back: without a new one the old one stands.
        if policy is None or target is None or policy.id == running.policy_id:
            return running
        if running.state != PromiseState.PENDING:
            return running
        running.policy_id, running.hours_id, running.target = policy.id, policy.version, target
        running.pauses = policy.pauses and running.metric == Metric.RESOLUTION
        running.wind(hours_of, self.now)
        self._note(running, Happening.CHANGED)
        return running

    def _note(self, clock: Course, happened: Happening | None) -> None:
        if not any(clock is each for each in self.outcome.changed):
            self.outcome.changed.append(clock)
        if happened is None:
            return
        facts, teams = self.facts, (self.facts.team,) if self.facts.team else ()
        place: dict[str, Any] = {"conversation": facts.id, "channel": facts.channel, "teams": teams}
        self.outcome.happened.append(SLAEvent(applied_id=clock.id or 0, kind=happened))
        if happened == Happening.BREACHED:
            clock.alarmed_at = self.now
            self.outcome.told.append(SLABreached(applied=clock.id or 0, **place))
        elif happened == Happening.MET and clock.alarmed_at:
            self.outcome.told.append(SLAKeptAfterAll(applied=clock.id or 0, **place))


COLUMNS = ", ".join(name for name in Course.__struct_fields__ if name != "id")
# Both write what the pass worked out, rows as JSON; the second one also sets what lists show.
CHANGE = f"""
UPDATE sla_appliedsla a SET ({COLUMNS}) = (SELECT {COLUMNS} FROM (SELECT n.*) changed)
FROM jsonb_populate_recordset(NULL::sla_appliedsla, %s::jsonb) n WHERE a.id = n.id
"""  # noqa: S608 - the columns are our own
START = f"""
WITH started AS (
    INSERT INTO sla_appliedsla ({COLUMNS})
    SELECT {COLUMNS} FROM jsonb_populate_recordset(NULL::sla_appliedsla, %s::jsonb)
    ON CONFLICT DO NOTHING
)
UPDATE conversations_conversation c SET due_at = w.due_at, due_seconds = w.due_seconds
FROM jsonb_to_recordset(%s::jsonb) AS w(id bigint, due_at timestamptz, due_seconds integer)
WHERE c.id = w.id AND (c.due_at, c.due_seconds) IS DISTINCT FROM (w.due_at, w.due_seconds)
"""  # noqa: S608 - the columns are our own


def _write(outcome: _Outcome) -> None:
    if outcome.changed:
        _execute(CHANGE, [_json(outcome.changed)])
        SLAEvent.objects.bulk_create(outcome.happened)
    dues = [{"id": id_, "due_at": at, "due_seconds": s} for id_, at, s in outcome.dues]
    _execute(START, [_json(outcome.started), _json(dues)])
    record_all(outcome.told)


def _execute(statement: str, values: Sequence[str]) -> None:
    connection.ensure_connection()
    connection.connection.execute(statement, values, prepare=True)


def _json(rows: Sequence[object]) -> str:
    return msgspec.json.encode(rows).decode()
