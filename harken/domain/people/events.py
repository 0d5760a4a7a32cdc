"""What can happen to the people of the company. Ids only, like every journal entry."""

from __future__ import annotations

from dataclasses import dataclass

from harken.domain.journal.services import Happened


@dataclass(frozen=True, slots=True, kw_only=True)
class PreferencesChanged(Happened):
    """A person changed how the desk looks or listens to keys for them (`by` is that person)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MembershipChanged(Happened):
    """A person joined a team or left it; open streams of theirs hear by the new rights at once."""

    user: int
    team: int
    joined: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamAdded(Happened):
    """A manager added a team."""

    team: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamRenamed(Happened):
    """A team has another name."""

    team: int
