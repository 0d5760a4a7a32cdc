"""The Django app of this room."""

from django.apps import AppConfig


class RosterConfig(AppConfig):
    """Names the room; its label is the prefix of its tables."""

    name = "harken.domain.roster"
    label = "roster"
    default_auto_field = "django.db.models.BigAutoField"
