"""What can happen to notifications. Only the person they are for hears of them (`only_for`)."""

from __future__ import annotations

from dataclasses import dataclass

from harken.domain.journal.services import Happened


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationMade(Happened):
    """Somebody has something new to know; `only_for` is that person."""

    notification: int
    only_for: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationsRead(Happened):
    """A person read some of their notifications; their other browsers show it too."""

    only_for: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WaysChanged(Happened):
    """A person changed how notifications reach them."""

    only_for: int
