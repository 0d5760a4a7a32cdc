"""Escalations, whom they paged and when, and who took them.

The moment at which the next level is paged stands in the row, so no process has to remember it.
Steps, pages, additions and acknowledgements are only ever added. Lock order, for everybody who
changes an escalation: the conversation's row first, then the escalation's.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from harken.domain.conversations.models import Conversation
from harken.domain.people.models import Role, Team, User


class Kind(models.TextChoices):
    """Why somebody who may decide more is needed."""

    THREAT = "threat", "Threat"
    OPPORTUNITY = "opportunity", "Opportunity"
    DECISION = "decision", "Needs a decision"


class Level(models.TextChoices):
    """Who is paged, from the first to the last."""

    LEAD = "lead", "Lead"
    MANAGER = "manager", "Manager"
    EXECUTIVE = "executive", "Executive"

    @property
    def above(self) -> Level:
        """The level paged when this one stays silent; above the executive is the executive."""
        return {Level.LEAD: Level.MANAGER}.get(self, Level.EXECUTIVE)

    def is_within(self, role: str) -> bool:
        """Whether people of that role may decide at this level."""
        ranks = [Role.LEAD.value, Role.MANAGER.value, Role.EXECUTIVE.value]
        return role in ranks and ranks.index(role) >= ranks.index(self.value)


class Ending(models.TextChoices):
    """How an escalation can end."""

    DECIDED = "decided", "Decided"
    WITHDRAWN = "withdrawn", "Withdrawn"


class EscalationPath(models.Model):
    """How many seconds each level has to acknowledge before the next one is paged.

    One row a team; the one without a team is for all teams that have none.
    """

    team = models.OneToOneField(Team, on_delete=models.CASCADE, null=True, related_name="+")
    lead_seconds = models.PositiveIntegerField(default=120)
    manager_seconds = models.PositiveIntegerField(default=300)
    executive_seconds = models.PositiveIntegerField(default=600)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                models.Value(1), condition=Q(team__isnull=True), name="one_path_for_the_rest"
            )
        ]

    def __str__(self) -> str:
        return f"path of {self.team or 'every other team'}"

    def seconds(self, level: Level) -> int:
        """How long that level has."""
        found: int = getattr(self, f"{level.value}_seconds")
        return found


class Escalation(models.Model):
    """One call for somebody who may decide more.

    Raised by a person (`raised_by`) or by the `rule` of that name. `level` is the one paged last,
    `next_at` when the next one is paged: empty once somebody acknowledged or it ended.
    """

    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="escalations"
    )
    kind = models.CharField(max_length=11, choices=Kind)
    reason = models.TextField()
    raised_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    rule = models.CharField(max_length=80, blank=True)
    raised_at = models.DateTimeField(db_default=Now())
    level = models.CharField(max_length=9, choices=Level, default=Level.LEAD)
    next_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    ended_how = models.CharField(max_length=9, choices=Ending, blank=True)
    decision = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["conversation", "kind"],
                condition=Q(ended_at__isnull=True),
                name="one_open_escalation_a_kind",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True, ended_how="")
                | Q(ended_at__isnull=False, ended_by__isnull=False, next_at__isnull=True)
                & ~Q(ended_how=""),
                name="an_end_has_its_author",
            ),
        ]
        indexes = [
            models.Index(
                "next_at", "id", name="escalation_due", condition=Q(next_at__isnull=False)
            ),
            models.Index(
                "raised_at", "id", name="escalation_open", condition=Q(ended_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} in {self.conversation_id}"

    @property
    def is_open(self) -> bool:
        """Whether nobody decided or withdrew it yet."""
        return self.ended_at is None

    @property
    def raiser(self) -> str:
        """Who called, for people to read."""
        return str(self.raised_by) if self.raised_by else f"the rule “{self.rule}”"


class Addition(models.Model):
    """Somebody else who saw the same while it was open, and what they said."""

    escalation = models.ForeignKey(Escalation, on_delete=models.CASCADE, related_name="additions")
    reason = models.TextField()
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    rule = models.CharField(max_length=80, blank=True)
    added_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"addition to {self.escalation_id}"

    @property
    def adder(self) -> str:
        """Who said it, for people to read."""
        return str(self.added_by) if self.added_by else f"the rule “{self.rule}”"


class EscalationStep(models.Model):
    """One level that was paged, or found empty (`due_at` is None: the next one came at once)."""

    escalation = models.ForeignKey(Escalation, on_delete=models.CASCADE, related_name="steps")
    number = models.PositiveIntegerField()
    level = models.CharField(max_length=9, choices=Level)
    paged_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    people = models.ManyToManyField(User, through="PagedPerson", related_name="+")

    class Meta:
        ordering = ["escalation", "number"]
        constraints = [
            models.UniqueConstraint(fields=["escalation", "number"], name="steps_in_order")
        ]

    def __str__(self) -> str:
        return f"{self.level} of {self.escalation_id}"


class PagedPerson(models.Model):
    """One person called in a step."""

    step = models.ForeignKey(EscalationStep, on_delete=models.CASCADE, related_name="paged")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["step", "user"], name="paged_once_a_step")]

    def __str__(self) -> str:
        return f"{self.user_id} in step {self.step_id}"


class Acknowledgement(models.Model):
    """Who has it now. The database takes one for each escalation, whoever presses at once.

    `step` is the step that ran then: the time from its `paged_at` is that level's time.
    """

    escalation = models.OneToOneField(
        Escalation, on_delete=models.CASCADE, related_name="acknowledgement"
    )
    step = models.ForeignKey(EscalationStep, on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.by_id} has {self.escalation_id}"
