"""What can happen to a follow-up. Ids and moments only: the journal holds no text."""

from __future__ import annotations

from dataclasses import dataclass

from harken.domain.journal.services import Happened


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpMade(Happened):
    """Somebody confirmed what they told a customer they would do by `due` (ISO 8601)."""

    followup: int
    due: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpReminded(Happened):
    """A follow-up is due soon: its conversation is on top again."""

    followup: int
    person: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpKept(Happened):
    """It was done: we wrote again, or somebody says so (`by`). `late`: after its time."""

    followup: int
    person: int
    late: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpBroken(Happened):
    """Its time is over and we have not written again."""

    followup: int
    person: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpDropped(Happened):
    """It does not count any more: somebody says so, or its answer never left (`by` None)."""

    followup: int
