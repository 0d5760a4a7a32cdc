"""What is worth remembering of presence. Coming, going and typing are not: they leave no event."""

from __future__ import annotations

from dataclasses import dataclass

from harken.domain.journal.services import Happened


@dataclass(frozen=True, slots=True, kw_only=True)
class WritingTakenOver(Happened):
    """A person took over the answer that `before` was writing."""

    before: int
