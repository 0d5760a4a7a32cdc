"""The Django app of this room."""

from django.apps import AppConfig


class BulkConfig(AppConfig):
    """Names the room; its label is the prefix of its tables."""

    name = "harken.domain.bulk"
    label = "bulk"
    default_auto_field = "django.db.models.BigAutoField"
