"""The Django app of this room."""

from django.apps import AppConfig


class KnowledgeConfig(AppConfig):
    """Names the room; its label is the prefix of its tables."""

    name = "harken.domain.knowledge"
    label = "knowledge"
    default_auto_field = "django.db.models.BigAutoField"
