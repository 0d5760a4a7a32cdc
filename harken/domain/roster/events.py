"""What can happen to rosters. Ids only."""

from __future__ import annotations

from dataclasses import dataclass

from harken.domain.journal.services import Happened


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerAdded(Happened):
    """A team got another layer of plans."""

    layer: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerMoved(Happened):
    """A layer stands higher now."""

    layer: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerRetired(Happened):
    """A layer of plans was taken out; its shifts do not count any more."""

    layer: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftAdded(Happened):
    """Somebody was planned in."""

    shift: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftChanged(Happened):
    """A shift is another from a day on; `shift` is the one that counts from then."""

    shift: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftRemoved(Happened):
    """A shift, or one day of it, does not take place."""

    shift: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AbsenceAdded(Happened):
    """Somebody will not be there, or is not any more."""

    absence: int
    person: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AbsenceEnded(Happened):
    """Somebody is there again earlier than said, or never goes."""

    absence: int
    person: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SwapAsked(Happened):
    """Somebody asks a colleague (`to`, None: anyone of the team) to stand in."""

    swap: int
    to: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SwapAnswered(Happened):
    """A swap was accepted, declined or withdrawn."""

    swap: int
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverChanged(Happened):
    """How many people a team needs was said anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoverWritten(Happened):
    """Somebody wrote a note for who comes after them."""

    note: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyChanged(Happened):
    """People came on or went off, by the clock or by a change of the plan."""

    came: tuple[int, ...]
    left: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOn(Happened):
    """A conversation went from who left to who is on (`to` None: to the team).

    `because` is shift, absence: what ended.
    """

    left: int
    to: int | None
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OnCallTold(Happened):
    """Out of hours, people were told that a customer waits; `step` counts from one."""

    call: int
    step: int
    people: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OnCallOver(Happened):
    """A call ended: taken, answered, or nobody left to tell."""

    call: int
    ended: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageGapTold(Happened):
    """The leads were told that somebody will be missing."""

    gap: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarRenewed(Happened):
    """A person gave one of their calendars a new address; the old one answers nothing."""
