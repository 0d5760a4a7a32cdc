"""What can happen to the people who write to us. Ids and fixed words only."""

from __future__ import annotations

from dataclasses import dataclass

from harken.domain.journal.services import Happened


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactMarked(Happened):
    """A colleague gave a contact a mark, another one, or took it away (empty)."""

    contact: int
    mark: str
    before: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactMerged(Happened):
    """A colleague said that a contact is the same person as another one (`into`)."""

    contact: int
    into: int
    merge: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactUnmerged(Happened):
    """A colleague said that a contact is somebody else than `of` after all."""

    contact: int
    of: int
    merge: int
