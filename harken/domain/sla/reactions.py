"""What promises do when something happens to conversations."""

from __future__ import annotations

from collections.abc import Sequence

from harken.domain.sla.services.adjust import adjust


def keep_clocks(conversations: Sequence[int]) -> None:
    """A turn began, ended or moved: start, stop or move its clock."""
    adjust(conversations)


def reconsider_promises(conversations: Sequence[int]) -> None:
    """Another topic, team, priority or mark: another promise may apply, from the same start."""
    adjust(conversations, reconsider=True)
