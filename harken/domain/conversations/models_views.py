"""Lists that people keep to come back to."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from harken.domain.people.models import Team, User


class Shared(models.TextChoices):
    """Who has a saved view."""

    ME = "me", "Only me"
    TEAM = "team", "A team"
    ALL = "all", "Everybody"


class SavedView(models.Model):
    """A list to come back to: where it starts (`base`), what narrows it, in which order.

    `narrowed` is a `Filter` as it is stored. Whoever has the view sees in it only what they may.
    """

    name = models.CharField(max_length=40)
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="saved_views")
    shared = models.CharField(max_length=4, choices=Shared, default=Shared.ME)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, null=True, related_name="saved_views")
    icon = models.CharField(max_length=20, default="list-filter")
    base = models.CharField(max_length=60)
    narrowed = models.JSONField(default=dict)
    sort = models.CharField(max_length=8, default="newest")
    position = models.PositiveIntegerField(default=0)
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(shared="team", team__isnull=False)
                | (~models.Q(shared="team") & models.Q(team__isnull=True)),
                name="a_team_s_view_names_the_team",
            )
        ]

    def __str__(self) -> str:
        return self.name
