"""What approvals do when something happens to an answer."""

from __future__ import annotations

from django.db.models.functions import Now

from harken.domain.approvals.models import Approval, Decision
from harken.domain.replies.events import ReplyUndone


def close_the_approval(event: ReplyUndone) -> None:
    """An answer that was taken back needs nobody's word any more."""
    waiting = Approval.objects.filter(reply=event.reply, decision="")
    waiting.update(decision=Decision.WITHDRAWN, decided_at=Now(), decided_by=event.by, next_at=None)
