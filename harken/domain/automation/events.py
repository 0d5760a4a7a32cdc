"""What can happen to rules. Ids only."""

from __future__ import annotations

from dataclasses import dataclass

from harken.domain.journal.services import Happened


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSaved(Happened):
    """A person made a rule, or a new version of one."""

    rule: int
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSwitched(Happened):
    """A person switched a rule on or off."""

    rule: int
    on: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleMoved(Happened):
    """A person changed the order in which rules are tried."""

    rule: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleRetired(Happened):
    """A person took a rule out of the list."""

    rule: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleFailed(Happened):
    """A rule could not do what it says any more and was switched off (`by` is nobody)."""

    rule: int
