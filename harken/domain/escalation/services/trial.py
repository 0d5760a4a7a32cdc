"""Trying whether a page reaches oneself, before it matters."""

from __future__ import annotations

from django.db import transaction
from django.urls import reverse

from harken.domain.notifications.services import notify
from harken.domain.people.models import User

TEXT = "A test page. This is how an escalation reaches you; nothing has happened."


def page_me(*, by: User) -> None:
    """Page the person who asks, by every way they chose, quiet hours or not."""
    with transaction.atomic():
        # Without `by`: nobody is told of their own act, and here that is the point.
        notify("escalation", to=[by], text=TEXT, url=reverse("manage:escalation"), urgent=True)
