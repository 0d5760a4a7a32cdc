"""The Django app of the config floor: plugs the house together at start-up."""

from django.apps import AppConfig


class HarkenConfig(AppConfig):
    """Named `harken`; owns no table."""

    name = "harken.config"
    label = "harken"

    def ready(self) -> None:
        """Wire events to reactions and name the private hosts that connectors may reach."""
        from harken.config.settings import get_settings
        from harken.config.wiring import wire
        from harken.kit.http import allow_private_hosts

        settings = get_settings()
        allow_private_hosts(settings.listed(settings.private_hosts))
        wire()
