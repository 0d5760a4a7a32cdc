"""The Django app of this room."""

from django.apps import AppConfig


class JournalConfig(AppConfig):
    """Names the room; its label is the prefix of its tables."""

    name = "harken.domain.journal"
    label = "journal"
    default_auto_field = "django.db.models.BigAutoField"
