"""What can happen to the question who answers for a conversation. Ids only."""

from __future__ import annotations

from dataclasses import dataclass

from harken.domain.journal.services import Happened


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponsibilityMoved(Happened):
    """Who answered was away for a minute (or was nobody): `user` answers now, as `part`."""

    user: int
    before: int | None
    part: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerMissing(Happened):
    """A customer waits and nobody who is there answers for it; `before` is who should."""

    before: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerBack(Happened):
    """Who answers for the conversation came back before anybody else was found."""

    user: int
