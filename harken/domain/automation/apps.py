"""The Django app of this room."""

from django.apps import AppConfig


class AutomationConfig(AppConfig):
    """Names the room; its label is the prefix of its tables."""

    name = "harken.domain.automation"
    label = "automation"
    default_auto_field = "django.db.models.BigAutoField"
