"""A change of one or many conversations, with what each of them was before.

Where it stands is in the rows, so a worker that is killed is replaced by whoever looks next.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from harken.domain.conversations.models import Conversation
from harken.domain.people.models import User


class Progress(models.TextChoices):
    """How far a change is."""

    RUNNING = "running", "At work"
    DONE = "done", "Done"
    STOPPED = "stopped", "Stopped"
    UNDOING = "undoing", "Being taken back"
    UNDONE = "undone", "Taken back"


class BulkChange(models.Model):
    """What a person did to one or many. `words` says it for people, `value` as it was sent.

    A dialog begins no more than one: its form's `client_key` comes again when it is sent again.
    """

    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    action = models.CharField(max_length=10)
    value = models.CharField(max_length=60, blank=True)
    words = models.CharField(max_length=120)
    client_key = models.UUIDField(null=True)
    is_single = models.BooleanField(default=False)
    state = models.CharField(max_length=8, choices=Progress, default=Progress.RUNNING)
    made_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index("id", name="bulk_at_work", condition=Q(state__in=["running", "undoing"])),
            models.Index("made_by", "id", name="bulk_of", condition=Q(is_single=False)),
        ]
        constraints = [
            models.UniqueConstraint(fields=["made_by", "client_key"], name="bulk_begun_once"),
        ]

    def __str__(self) -> str:
        return self.words


class ItemState(models.TextChoices):
    """What became of one conversation of a change."""

    WAITING = "waiting", "Not yet"
    CHANGED = "changed", "Changed"
    LEFT = "left", "Left as it was"
    UNDONE = "undone", "Taken back"
    KEPT = "kept", "Changed since, so left alone"


class BulkItem(models.Model):
    """One conversation of a change: what differed `before` and `after`, or why nothing did."""

    change = models.ForeignKey(BulkChange, on_delete=models.CASCADE, related_name="items")
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, db_index=False)
    state = models.CharField(max_length=7, choices=ItemState, default=ItemState.WAITING)
    why = models.CharField(max_length=200, blank=True)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["change", "conversation"], name="changed_once")
        ]
        indexes = [models.Index("change", "state", "id", name="bulk_left_to_do")]

    def __str__(self) -> str:
        return f"{self.conversation_id}: {self.state}"
