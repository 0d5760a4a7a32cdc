"""Why an answer of ours was taken back at the network, and what had stood there."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from harken.domain.people.models import User
from harken.domain.replies.models import NetworkAction


class RetractReason(models.TextChoices):
    """Why somebody took an answer back."""

    WRONG = "wrong", "It was wrong"
    PERSONAL = "personal", "It showed personal data"
    MISPLACED = "misplaced", "Wrong person or wrong account"
    TONE = "tone", "Its tone was not right"
    OTHER = "other", "Something else"


class Retraction(models.Model):
    """One answer taken back: who asked for it and why, and the evidence of what stood there.

    `written` is the text as its author sent it and `stood` the one last read at the network;
    `raw` is the network's own copy, as bytes, where we had read one. The database refuses to
    change or delete a row (0006_retractions): only `deleted_at`, once, and `correcting_key`, which
    is the key (`client_key`) of the draft and reply that puts it right, may be written.
    """

    action = models.OneToOneField(
        NetworkAction, on_delete=models.PROTECT, related_name="retraction"
    )
    reason = models.CharField(max_length=10, choices=RetractReason)
    why = models.CharField(max_length=500, blank=True, db_default="")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    asked_at = models.DateTimeField(db_default=Now())
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    written = models.TextField()
    stood = models.TextField()
    sent_at = models.DateTimeField()
    external_id = models.CharField(max_length=400)
    url = models.TextField(blank=True, db_default="")
    native = models.JSONField(default=dict)
    raw = models.BinaryField(null=True)
    deleted_at = models.DateTimeField(null=True)
    correcting_key = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(reason="other") | ~Q(why=""), name="another_reason_is_said"
            )
        ]
        indexes = [models.Index("asked_at", "id", name="retraction_order")]

    def __str__(self) -> str:
        return f"Retraction of {self.external_id}"

    @property
    def said_reason(self) -> str:
        """The reason as people read it."""
        label = RetractReason(self.reason).label
        if self.reason == RetractReason.OTHER:
            return self.why
        return f"{label}: {self.why}" if self.why else str(label)
