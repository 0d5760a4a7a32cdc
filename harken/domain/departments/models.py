"""Who answers for each waiting customer, and since when somebody is away.

That a conversation has been without a live owner for too long follows from two times that stand
in rows, `Responsibility.since` and `Attendance.away_since`; no process has to remember anything.
"""

from __future__ import annotations

from django.db import models

from harken.domain.conversations.models import Conversation
from harken.domain.people.models import Team, User


class Part(models.TextChoices):
    """As what somebody answers for a conversation."""

    ASSIGNEE = "assignee", "has it"
    OWNER = "owner", "owns the topic"
    DEPUTY = "deputy", "stands in for the owner"
    LEAD = "lead", "leads the team"


class Responsibility(models.Model):
    """Who answers for a conversation whose customer waits; there is no row when nobody waits.

    `named` is whom the conversation itself names, its assignee (then `is_assigned`) or else its
    topic's owner; `user` is who answers now, as `part`, since `since`. Both are empty when nobody
    is named; then the team's lead on duty becomes `user`. `team` is the conversation's when
    `named` was found. Another name, or another team, starts anew.
    """

    conversation = models.OneToOneField(
        Conversation, on_delete=models.CASCADE, primary_key=True, related_name="responsibility"
    )
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    named = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False
    )
    is_assigned = models.BooleanField(default=False)
    team = models.ForeignKey(
        Team, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False
    )
    part = models.CharField(max_length=8, choices=Part, blank=True)
    since = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.user_id} answers for {self.conversation_id}"


class Attendance(models.Model):
    """Whether a person is there; `away_since` is empty while they are on duty.

    `seen_at` is when they were last found to be there, give or take a few seconds.
    """

    user = models.OneToOneField(User, on_delete=models.CASCADE, primary_key=True)
    seen_at = models.DateTimeField()
    away_since = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.user_id}: {'away' if self.away_since else 'there'}"


class OwnerCall(models.Model):
    """When a team's on-call people were last told that customers have nobody."""

    team = models.OneToOneField(Team, on_delete=models.CASCADE, primary_key=True)
    called_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"team {self.team_id} called"
