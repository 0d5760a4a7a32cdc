"""The verbs of people."""

from __future__ import annotations

from django.db import transaction

from harken.domain.journal.services import record
from harken.domain.people.events import PreferencesChanged
from harken.domain.people.models import Theme, User
from harken.kit.refusals import Invalid


class UnknownTheme(Invalid):
    """The colours asked for are none of `Theme`."""


def set_preferences(user: User, *, theme: str | None = None, keys_on: bool | None = None) -> User:
    """Change how the desk looks and whether single keys work for `user`; None leaves as it is.

    Raises `UnknownTheme`. People change their own preferences, so `user` is also who did it.
    """
    if theme is not None:
        if theme not in Theme.values:
            raise UnknownTheme("There are no such colours: choose system, light or dark.")
        user.theme = theme
    if keys_on is not None:
        user.keys_on = keys_on
    with transaction.atomic():
        user.save(update_fields=["theme", "keys_on"])
        record(PreferencesChanged(by=user.pk))
    return user
