"""The Django app of this room."""

from django.apps import AppConfig


class ChannelsConfig(AppConfig):
    """Names the room; its label is the prefix of its tables."""

    name = "harken.domain.channels"
    label = "channels"
    default_auto_field = "django.db.models.BigAutoField"
