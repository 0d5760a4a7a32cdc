"""The Django app of this room."""

from django.apps import AppConfig


class HandoverConfig(AppConfig):
    """Names the room; its label is the prefix of its tables."""

    name = "harken.domain.handover"
    label = "handover"
    default_auto_field = "django.db.models.BigAutoField"
