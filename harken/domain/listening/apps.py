"""The Django app of this room."""

from django.apps import AppConfig


class ListeningConfig(AppConfig):
    """Names the room; its label is the prefix of its tables."""

    name = "harken.domain.listening"
    label = "listening"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Load the models that stand beside `models.py`, where Django does not look."""
        import harken.domain.listening.models_authors
        import harken.domain.listening.models_mentions
        import harken.domain.listening.models_sources
        import harken.domain.listening.models_storms  # noqa: F401
