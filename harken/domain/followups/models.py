"""What we told customers we would do, by when, and whether we did."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from harken.domain.conversations.models import Conversation
from harken.domain.people.models import User
from harken.domain.replies.models import Reply

STILL_OPEN = Q(kept_at=None, dropped_at=None)


class FollowUp(models.Model):
    """One promise: `what` is to be done by `due_at`.

    It was found in a `reply`, from its character `starts` on, or written down by hand.
    `next_at` is when a worker looks next: once before it is due, to remind, and then when it is.
    `kept_at` is when we wrote again (the network's time) or `kept_by` said it is done. `broken_at`
    is set at its time and stays when it was done later. A dropped one counts nowhere.
    """

    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="followups", db_index=False
    )
    reply = models.ForeignKey(Reply, on_delete=models.CASCADE, null=True, related_name="followups")
    starts = models.PositiveIntegerField(default=0)
    what = models.CharField(max_length=300)
    due_at = models.DateTimeField()
    promised_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="followups", db_index=False
    )
    made_at = models.DateTimeField(db_default=Now())
    next_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)
    kept_at = models.DateTimeField(null=True)
    kept_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    broken_at = models.DateTimeField(null=True)
    dropped_at = models.DateTimeField(null=True)
    dropped_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["reply", "starts"], name="one_followup_a_promise"),
            models.CheckConstraint(
                condition=Q(kept_at=None) | Q(dropped_at=None), name="kept_or_dropped"
            ),
        ]
        indexes = [
            models.Index("next_at", "id", name="followup_next", condition=Q(next_at__isnull=False)),
            models.Index(
                "conversation",
                name="followup_open",
                condition=Q(kept_at__isnull=True, dropped_at__isnull=True),
            ),
            models.Index("promised_by", "due_at", name="followup_of"),
            models.Index("due_at", name="followup_due"),
        ]

    def __str__(self) -> str:
        return f"{self.what} ({self.due_at:%Y-%m-%d %H:%M})"

    @property
    def state(self) -> str:
        """One of open, kept, late (kept after its time), broken, dropped."""
        if self.dropped_at is not None:
            return "dropped"
        if self.kept_at is not None:
            return "kept" if self.broken_at is None else "late"
        return "open" if self.broken_at is None else "broken"
