"""The Django app of this room."""

from django.apps import AppConfig


class EscalationConfig(AppConfig):
    """Names the room; its label is the prefix of its tables."""

    name = "harken.domain.escalation"
    label = "escalation"
    default_auto_field = "django.db.models.BigAutoField"
