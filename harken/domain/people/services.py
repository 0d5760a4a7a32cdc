"""The verbs of people."""

from __future__ import annotations

from zoneinfo import available_timezones

from django.db import transaction

from harken.domain.journal.services import record
from harken.domain.people.events import PreferencesChanged
from harken.domain.people.models import Theme, User
from harken.kit.refusals import Invalid


class UnknownZone(Invalid):
    """There is no time zone of that name."""


class UnknownTheme(Invalid):
    """The colours asked for are none of `Theme`."""


def set_preferences(
    user: User,
    *,
    theme: str | None = None,
    keys_on: bool | None = None,
    zone: str | None = None,
) -> User:
    """Change how the desk looks, whether single keys work and the time zone of `user`.

    None leaves as it is; an empty `zone` is the browser's. Raises `UnknownTheme`, `UnknownZone`.
    People change their own preferences, so `user` is also who did it.
    """
    if theme is not None:
        if theme not in Theme.values:
            raise UnknownTheme("There are no such colours: choose system, light or dark.")
        user.theme = theme
    if keys_on is not None:
        user.keys_on = keys_on
    if zone is not None:
        if zone and zone not in available_timezones():
            raise UnknownZone("There is no such time zone; choose one of the list.")
        user.zone = zone
    with transaction.atomic():
        user.save(update_fields=["theme", "keys_on", "zone"])
        record(PreferencesChanged(by=user.pk))
    return user
