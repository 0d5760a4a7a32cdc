"""The course of one promise: start, move, pause, go on, change, end. No database.

Whether a promise was kept is decided by two times in its row, when the answer was due and when it
stood at the network; never by when somebody looked.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import msgspec

from harken.domain.sla import clock
from harken.domain.sla.clock import Hours
from harken.domain.sla.models import End, Happening, PromiseState

SOON = 0.75  # of the target used up: the first alarm

HoursOf = Callable[[int], Hours]


class Course(msgspec.Struct, kw_only=True):
    """One row of `sla_appliedsla`, and what happened to it in this transaction."""

    id: int | None = None
    conversation_id: int
    turn_id: int
    metric: str
    policy_id: int
    hours_id: int | None
    target: int
    pauses: bool
    seen_id: int
    started_at: datetime
    runs_since: datetime | None
    spent: float = 0.0
    due_at: datetime | None = None
    alarm_at: datetime | None = None
    state: str = "pending"
    alarmed_at: datetime | None = None
    ended_at: datetime | None = None
    ended_by: str = ""
    answer_id: int | None = None

    def wind(self, hours_of: HoursOf, now: datetime) -> None:
        """Work out, after a change, when it is due and when the alarm has to look."""
        if self.runs_since is None:
            self.due_at = self.alarm_at = None
            return
        hours = self._hours(hours_of)
        self.due_at = clock.due(self.runs_since, max(0.0, self.target - self.spent), hours)
        soon = clock.due(self.runs_since, max(0.0, SOON * self.target - self.spent), hours)
        if self.state != PromiseState.PENDING:
            self.alarm_at = None
        else:
            self.alarm_at = soon if soon > now else self.due_at

    def pause(self, at: datetime, hours_of: HoursOf, now: datetime) -> Happening:
        """Stop: it is the customer's turn since `at`."""
        self._spend(at, hours_of)
        self.runs_since = None
        self.wind(hours_of, now)
        return Happening.PAUSED

    def go_on(self, at: datetime, hours_of: HoursOf, now: datetime) -> Happening:
        """Run again: it is our turn since `at`."""
        self.runs_since = at
        self.wind(hours_of, now)
        return Happening.RESUMED

    def resume(self, hours_of: HoursOf, now: datetime) -> Happening:
        """Take back the end: the customer waits after all, and has waited all along."""
        self.ended_at, self.ended_by, self.answer_id = None, "", None
        self.runs_since, self.spent = self.started_at, 0.0
        if self.state != PromiseState.BREACHED:
            self.state = PromiseState.PENDING
        self.wind(hours_of, now)
        return Happening.RESUMED

    def end(
        self, at: datetime, by: End, hours_of: HoursOf, answer: int | None = None
    ) -> Happening | None:
        """Stop for good at `at`; what that says that was not known before, if anything."""
        at = max(at, self.started_at)
        before, in_time = self.state, self.due_at is None or at <= self.due_at
        self._spend(at, hours_of)
        self.ended_at, self.ended_by, self.answer_id = at, by, answer
        self.alarm_at = None
        if not in_time:
            self.state = PromiseState.BREACHED
            return Happening.BREACHED if before != PromiseState.BREACHED else None
        if by == End.DELETED:
            self.state = PromiseState.DROPPED
            return Happening.DROPPED
        self.state = PromiseState.MET
        return Happening.MET

    def _spend(self, until: datetime, hours_of: HoursOf) -> None:
        if self.runs_since is not None:
            self.spent += clock.elapsed(self.runs_since, until, self._hours(hours_of))

    def _hours(self, hours_of: HoursOf) -> Hours | None:
        return None if self.hours_id is None else hours_of(self.hours_id)
