"""What can happen to a change of many. Each conversation's own events stand beside these."""

from __future__ import annotations

from dataclasses import dataclass

from harken.domain.journal.services import Happened


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkStarted(Happened):
    """A person began to change many conversations at once."""

    change: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkFinished(Happened):
    """Every conversation of the change was changed or left alone."""

    change: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkUndone(Happened):
    """The change was taken back where nobody changed anything since."""

    change: int
