"""What we promise (policies, business hours) and how each promise goes (applied, events).

A promise's times stand in its row, so no process has to be there when they come: who looks late
finds the same answer. A policy is never deleted and hours are never changed in place: a running
clock keeps what was in force when it started.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from harken.domain.channels.models import Channel
from harken.domain.contacts.models import Mark
from harken.domain.conversations.models import Conversation, Message, Priority, Topic
from harken.domain.people.models import Brand, Team, User


class BusinessHours(models.Model):
    """When a team works. What that means stands in its versions; the newest is in force."""

    name = models.CharField(max_length=60)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name


class HoursVersion(models.Model):
    """Business hours as they are from `made_at` on, until the next version.

    `week`: seven lists, Monday first, of `[start, end]` in minutes from local midnight. Public
    holidays are those of `country` and `subdivision` (keys of the `holidays` package; empty:
    none); `days_off` are the house's own.
    """

    hours = models.ForeignKey(BusinessHours, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    zone = models.CharField(max_length=60)
    week = models.JSONField()
    country = models.CharField(max_length=3, blank=True)
    subdivision = models.CharField(max_length=20, blank=True)
    days_off = ArrayField(models.DateField(), default=list, blank=True)
    made_at = models.DateTimeField(db_default=Now())
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["hours", "-number"]
        constraints = [models.UniqueConstraint(fields=["hours", "number"], name="hours_numbered")]

    def __str__(self) -> str:
        return f"{self.hours_id} version {self.number}"


class SLAPolicy(models.Model):
    """What we promise to whom. The first policy in order whose conditions all hold applies.

    A condition left empty always holds. Targets are seconds of service time; an empty one
    promises nothing. Without `hours` every second counts. `pauses` stops the resolution clock
    while it is the customer's turn.
    """

    name = models.CharField(max_length=80)
    position = models.PositiveIntegerField()
    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, null=True, blank=True)
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, null=True, blank=True)
    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, null=True, blank=True)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, blank=True)
    why = models.CharField(max_length=10, blank=True)
    priority = models.CharField(max_length=6, choices=Priority, blank=True, default="")
    mark = models.CharField(max_length=12, choices=Mark, blank=True, default="")
    first_response = models.PositiveIntegerField(null=True, blank=True)
    next_response = models.PositiveIntegerField(null=True, blank=True)
    resolution = models.PositiveIntegerField(null=True, blank=True)
    hours = models.ForeignKey(BusinessHours, on_delete=models.PROTECT, null=True, blank=True)
    pauses = models.BooleanField(default=False)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.name


class Metric(models.TextChoices):
    """What a clock measures."""

    FIRST_RESPONSE = "first_response", "First answer"
    NEXT_RESPONSE = "next_response", "Next answer"
    RESOLUTION = "resolution", "Solved"


class PromiseState(models.TextChoices):
    """How a promise stands. Dropped: the post was taken back in time, so it counts neither way."""

    PENDING = "pending", "Running"
    MET = "met", "Kept"
    BREACHED = "breached", "Breached"
    DROPPED = "dropped", "Dropped"


class End(models.TextChoices):
    """What ended a clock."""

    ANSWERED = "answered", "Answered"
    CLOSED = "closed", "Closed"
    DELETED = "deleted", "Taken back by its author"


class AppliedSLA(models.Model):
    """One promise to one customer: its clock, and what became of it.

    `turn` is the message that started it and `started_at` that message's time at the network.
    `spent` are the seconds of service time used up before `runs_since`; a paused clock has
    `runs_since` and `due_at` empty. `alarm_at` is when the alarm has to look next: shortly before
    `due_at`, at `due_at`, then never. `seen_id` is the newest message there was when the clock
    started: an answer to this turn came later. `ended_at` is the answer's time at the network (or
    the closing's); together with `due_at` it alone decides between met and breached.
    """

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, db_index=False)
    turn = models.ForeignKey(
        Message, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    metric = models.CharField(max_length=14, choices=Metric)
    policy = models.ForeignKey(SLAPolicy, on_delete=models.PROTECT, db_index=False)
    hours = models.ForeignKey(HoursVersion, on_delete=models.PROTECT, null=True, db_index=False)
    target = models.PositiveIntegerField()
    pauses = models.BooleanField(default=False)
    seen_id = models.BigIntegerField()
    started_at = models.DateTimeField()
    runs_since = models.DateTimeField(null=True)
    spent = models.FloatField(default=0)
    due_at = models.DateTimeField(null=True)
    alarm_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=8, choices=PromiseState, default=PromiseState.PENDING)
    alarmed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=8, choices=End, blank=True, default="")
    answer = models.ForeignKey(
        Message,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["conversation", "turn", "metric"], name="one_clock_a_turn"
            )
        ]
        indexes = [
            models.Index("alarm_at", "id", name="alarm_due", condition=Q(alarm_at__isnull=False))
        ]

    def __str__(self) -> str:
        return f"{self.metric} of {self.conversation_id}: {self.state}"


class Happening(models.TextChoices):
    """What can happen to a promise; its start is the row itself."""

    DUE_SOON = "due_soon", "Due soon"
    BREACHED = "breached", "Breached"
    MET = "met", "Kept"
    DROPPED = "dropped", "Dropped"
    PAUSED = "paused", "Paused"
    RESUMED = "resumed", "Runs again"
    CHANGED = "changed", "Another promise applies"


class SLAEvent(models.Model):
    """One thing that happened to a promise. Only ever added to."""

    applied = models.ForeignKey(AppliedSLA, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=8, choices=Happening)
    at = models.DateTimeField(db_default=Now())
    data = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))

    def __str__(self) -> str:
        return f"{self.kind} {self.applied_id}"
