"""The verbs of notifications; every other room needs only `notify`."""

from harken.domain.notifications.services.tell import notify

__all__ = ["notify"]
