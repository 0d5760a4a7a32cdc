"""The Django app of this room."""

from django.apps import AppConfig


class FollowupsConfig(AppConfig):
    """Names the room; its label is the prefix of its tables."""

    name = "harken.domain.followups"
    label = "followups"
    default_auto_field = "django.db.models.BigAutoField"
