"""The Django app of this room."""

from django.apps import AppConfig


class TriageConfig(AppConfig):
    """Names the room; its label is the prefix of its tables."""

    name = "harken.domain.triage"
    label = "triage"
    default_auto_field = "django.db.models.BigAutoField"
