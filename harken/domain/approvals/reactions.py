"""What approvals do when something happens to an answer or a private text."""

from __future__ import annotations

from django.db.models.functions import Now

from harken.domain.approvals.models import Approval, Decision
from harken.domain.handover.events import PrivateTextUndone
from harken.domain.replies.events import ReplyUndone


def close_the_approval(event: ReplyUndone | PrivateTextUndone) -> None:
    """What was taken back needs nobody's word any more."""
    of = {"text": event.text} if isinstance(event, PrivateTextUndone) else {"reply": event.reply}
    waiting = Approval.objects.filter(**of, decision="")
    waiting.update(decision=Decision.WITHDRAWN, decided_at=Now(), decided_by=event.by, next_at=None)
