"""What can happen to an escalation. Ids and labels only: the journal holds no text."""

from __future__ import annotations

from dataclasses import dataclass

from harken.domain.journal.services import Happened


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationRaised(Happened):
    """A person, or a rule (`by` is nobody), called for somebody who may decide more."""

    escalation: int
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationAddedTo(Happened):
    """Somebody else saw the same; their words went to the escalation that runs."""

    escalation: int
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationPaged(Happened):
    """The clock, or the raising, paged `people` (ids) of a level; none: nobody was there."""

    escalation: int
    level: str
    people: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationAcknowledged(Happened):
    """One person has it now; nobody else is paged."""

    escalation: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationDecided(Happened):
    """Somebody who may wrote down what is to be done."""

    escalation: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationWithdrawn(Happened):
    """It was not needed after all."""

    escalation: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationPathChanged(Happened):
    """A person changed how long a level has (`team` None: for teams without an own path)."""

    team: int | None
