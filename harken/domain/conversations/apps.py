"""The Django app of this room."""

from django.apps import AppConfig


class ConversationsConfig(AppConfig):
    """Names the room; its label is the prefix of its tables."""

    name = "harken.domain.conversations"
    label = "conversations"
    default_auto_field = "django.db.models.BigAutoField"
