"""Conversations set aside: until a moment (snoozed), or behind another one (merged)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from harken.domain.conversations.models import Conversation
from harken.domain.people.models import User


class Waker(models.TextChoices):
    """What ended a snooze."""

    MOMENT = "moment", "Its moment came"
    CUSTOMER = "customer", "The customer wrote"
    DUE = "due", "An answer is due"
    PERSON = "person", "Somebody woke it"
    CLOSED = "closed", "It was closed"
    AGAIN = "again", "Snoozed anew"
    MERGED = "merged", "It was merged into another"


class Snooze(models.Model):
    """One time somebody set a conversation aside until a moment. `ended_at` empty: it still is.

    The moment stands in the row, so that no worker has to remember it.
    """

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="snoozes")
    until = models.DateTimeField()
    reason = models.CharField(max_length=200, blank=True)
    made_at = models.DateTimeField(db_default=Now())
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    ended_at = models.DateTimeField(null=True)
    ended_why = models.CharField(max_length=8, choices=Waker, blank=True)
    ended_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["conversation"], name="one_snooze_at_a_time", condition=Q(ended_at=None)
            )
        ]
        indexes = [
            models.Index("until", "id", name="snooze_due", condition=Q(ended_at__isnull=True))
        ]

    def __str__(self) -> str:
        return f"{self.conversation_id} until {self.until:%Y-%m-%d %H:%M}"


class Merge(models.Model):
    """One conversation put behind another as one case. `undone_at` empty: it still is."""

    leading = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="merges")
    merged = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="merged_in")
    reason = models.CharField(max_length=200, blank=True)
    made_at = models.DateTimeField(db_default=Now())
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["merged"], name="in_one_case_at_a_time", condition=Q(undone_at=None)
            )
        ]

    def __str__(self) -> str:
        return f"{self.merged_id} into {self.leading_id}"
