"""Rules, every version of them, every run, and when a rule that waits has its moment.

The log of runs is written for every event, many rows at a time; its keys to conversations carry
no check of the database (`db_constraint=False`), because each check would lock the conversation
that somebody may be answering.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from harken.domain.conversations.models import Conversation
from harken.domain.people.models import User


class Rule(models.Model):
    """A rule and its place in the order. What it says stands in its version `number`.

    `off_reason` is set when Harken switched it off because it could not work any more.
    """

    name = models.CharField(max_length=80)
    position = models.PositiveIntegerField()
    number = models.PositiveIntegerField()
    is_on = models.BooleanField(default=True)
    off_reason = models.TextField(blank=True)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.name


class RuleVersion(models.Model):
    """What a rule said from `made_at` on; never changed, never deleted.

    `spec` is a `Spec` as JSON. `by` wrote it and lends it their eyes: it reaches only what they
    may see. `tried` and `matched` are the figures of the trial before it was saved.
    """

    rule = models.ForeignKey(Rule, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    spec = models.JSONField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, db_index=False)
    made_at = models.DateTimeField(db_default=Now())
    tried = models.PositiveIntegerField()
    matched = models.PositiveIntegerField()

    class Meta:
        ordering = ["rule", "-number"]
        constraints = [models.UniqueConstraint(fields=["rule", "number"], name="rule_numbered")]

    def __str__(self) -> str:
        return f"{self.rule_id} version {self.number}"


class Outcome(models.TextChoices):
    """What came of a run."""

    MATCHED = "matched", "Did it"
    NOT = "not", "Did not fit"
    STOPPED = "stopped", "Stopped: loop"
    FAILED = "failed", "Failed"


class RuleRun(models.Model):
    """One look of one version at one conversation.

    `event` is the journal row that led to it, None for a moment that came by itself. `answers`
    say in the order of the conditions what each said (None: not asked, it was decided already),
    `results` in the order of the actions what each did or why not. `chain` are the rules whose
    doing led here. `seconds` is how long it took.
    """

    rule = models.ForeignKey(Rule, on_delete=models.CASCADE, db_index=False, db_constraint=False)
    version = models.ForeignKey(
        RuleVersion, on_delete=models.CASCADE, db_index=False, db_constraint=False
    )
    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, db_index=False, db_constraint=False
    )
    event = models.BigIntegerField(null=True)
    trigger = models.CharField(max_length=12)
    outcome = models.CharField(max_length=8, choices=Outcome)
    answers = models.JSONField(default=list)
    results = models.JSONField(default=list)
    chain = ArrayField(models.BigIntegerField(), default=list)
    at = models.DateTimeField(db_default=Now())
    seconds = models.FloatField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["event", "rule"], name="rule_ran_once_an_event")
        ]
        indexes = [
            models.Index(fields=["rule", "-id"], name="runs_of_rule"),
            models.Index(
                "conversation",
                "at",
                name="runs_that_did",
                condition=models.Q(outcome="matched"),
            ),
            models.Index("at", name="runs_that_did_not", condition=models.Q(outcome="not")),
        ]

    def __str__(self) -> str:
        return f"{self.rule_id} at {self.conversation_id}: {self.outcome}"


class Appointment(models.Model):
    """When a rule looks at a turn that is still unanswered by then; once for each turn."""

    rule = models.ForeignKey(Rule, on_delete=models.CASCADE, db_index=False)
    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, db_index=False, db_constraint=False
    )
    turn = models.BigIntegerField()
    due_at = models.DateTimeField()
    kept_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rule", "turn"], name="one_appointment_a_turn")
        ]
        indexes = [
            models.Index(
                "due_at", name="appointments_to_keep", condition=models.Q(kept_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"{self.rule_id} at {self.due_at}"


class RuleCursor(models.Model):
    """How far the rules have read the journal; moves only together with what they did."""

    name = models.CharField(max_length=20, primary_key=True)
    xid = models.BigIntegerField()
    event = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.name} {self.xid}-{self.event}"
