"""The Django app of this room."""

from django.apps import AppConfig


class ConversationsConfig(AppConfig):
    """Names the room; its label is the prefix of its tables."""

    name = "harken.domain.conversations"
    label = "conversations"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Load the models that stand beside `models.py`, where Django does not look."""
        import harken.domain.conversations.models_early
        import harken.domain.conversations.models_set_aside
        import harken.domain.conversations.models_views  # noqa: F401
