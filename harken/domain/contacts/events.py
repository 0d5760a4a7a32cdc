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
