"""The Django app of this room."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    """Names the room; its label is the prefix of its tables."""

    name = "harken.domain.notifications"
    label = "notifications"
    default_auto_field = "django.db.models.BigAutoField"
