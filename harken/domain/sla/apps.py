"""The Django app of this room."""

from django.apps import AppConfig


class SLAConfig(AppConfig):
    """Names the room; its label is the prefix of its tables."""

    name = "harken.domain.sla"
    label = "sla"
    default_auto_field = "django.db.models.BigAutoField"
