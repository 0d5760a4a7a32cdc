"""The Django app of this room."""

from django.apps import AppConfig


class RepliesConfig(AppConfig):
    """Names the room; its label is the prefix of its tables."""

    name = "harken.domain.replies"
    label = "replies"
    default_auto_field = "django.db.models.BigAutoField"
