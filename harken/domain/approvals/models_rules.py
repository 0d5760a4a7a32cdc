"""What decides that an answer needs somebody's word: rules, voices, trainees, the crisis switch."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from harken.domain.channels.models import Channel
from harken.domain.conversations.models import Topic
from harken.domain.people.models import User

SECONDS = 120  # until the next one of a chain is asked


class First(models.TextChoices):
    """Whose first public answer a rule is about."""

    CUSTOMER = "customer", "The first one to this customer"
    WRITER = "writer", "The first one of its writer"


class ApprovalRule(models.Model):
    """Which answers need whose word. The first rule in order whose conditions all hold applies.

    A condition left empty always holds. `topic` means what hangs below it too, `followers_over` is
    about the customer's reach. `next_after` are the seconds until the next approver is asked.
    """

    name = models.CharField(max_length=80)
    position = models.PositiveIntegerField()
    trainee = models.BooleanField(default=False)
    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, null=True, related_name="+")
    followers_over = models.PositiveIntegerField(null=True)
    network = models.CharField(max_length=20, blank=True)
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, null=True, related_name="+")
    first = models.CharField(max_length=8, choices=First, blank=True)
    crisis = models.BooleanField(default=False)
    next_after = models.PositiveIntegerField(default=SECONDS)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.name


class RuleApprover(models.Model):
    """One in the chain of a rule; without `person` it is the lead on duty at that moment."""

    rule = models.ForeignKey(ApprovalRule, on_delete=models.CASCADE, related_name="approvers")
    number = models.PositiveIntegerField()
    person = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["rule", "number"]
        constraints = [
            models.UniqueConstraint(fields=["rule", "number"], name="approvers_in_order")
        ]

    def __str__(self) -> str:
        return f"{self.person or 'the lead on duty'} for {self.rule_id}"


class Trainee(models.Model):
    """A person who learns, from when on, and who said so; `ended_at` empty: still."""

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    began_at = models.DateTimeField(db_default=Now())
    began_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"], name="learns_once_at_a_time", condition=Q(ended_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_id} learns"


class CrisisSwitch(models.Model):
    """The rules for a crisis hold from `on_at` until `off_at`; who said so each time."""

    on_at = models.DateTimeField(db_default=Now())
    on_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    off_at = models.DateTimeField(null=True)
    off_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                models.Value(1), name="one_crisis_at_a_time", condition=Q(off_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"since {self.on_at}"


class Voice(models.Model):
    """The identity of one executive: a signature, and perhaps a channel of their own.

    An answer that carries the signature, or leaves by the channel, speaks in this voice; only its
    person may let it go. `mark` is the signature as it is looked for: lower case, without what
    stands before its first letter.
    """

    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="voices")
    signature = models.CharField(max_length=80)
    mark = models.CharField(max_length=80)
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(db_default=Now())
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    retired_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"], name="one_voice_a_person", condition=Q(retired_at__isnull=True)
            ),
            models.UniqueConstraint(
                fields=["mark"], name="one_voice_a_signature", condition=Q(retired_at__isnull=True)
            ),
            models.UniqueConstraint(
                fields=["channel"], name="one_voice_a_channel", condition=Q(retired_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return self.signature
