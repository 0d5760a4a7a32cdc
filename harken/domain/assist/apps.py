"""The Django app of this room."""

from django.apps import AppConfig


class AssistConfig(AppConfig):
    """Names the room; it owns no table."""

    name = "harken.domain.assist"
    label = "assist"
