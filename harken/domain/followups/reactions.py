"""What follow-ups do when something happens to answers."""

from __future__ import annotations

from collections.abc import Sequence

from harken.domain.followups.services.settle import drop_with, keep
from harken.domain.replies.events import ReplyRefused, ReplyUndone


def keep_what_was_promised(conversations: Sequence[int]) -> None:
    """We wrote again: what was promised before is done."""
    keep(conversations)


def drop_what_was_not_said(event: ReplyUndone | ReplyRefused) -> None:
    """An answer does not leave, so nobody reads what it promises."""
    drop_with(event.reply)
