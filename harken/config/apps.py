"""The Django app of the config floor: plugs events to reactions at start-up."""

from django.apps import AppConfig


class HarkenConfig(AppConfig):
    """Named `harken`; owns no table."""

    name = "harken.config"
    label = "harken"

    def ready(self) -> None:
        """Wire the house together once every room is loaded."""
        from harken.config.wiring import wire

        wire()
