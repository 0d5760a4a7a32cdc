"""The Django app of this room."""

from django.apps import AppConfig


class PresenceConfig(AppConfig):
    """Names the room; its label is the prefix of its tables."""

    name = "harken.domain.presence"
    label = "presence"
    default_auto_field = "django.db.models.BigAutoField"
