"""The Django app of this room."""

from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    """Names the room; its label is the prefix of its tables."""

    name = "harken.domain.approvals"
    label = "approvals"
    default_auto_field = "django.db.models.BigAutoField"
