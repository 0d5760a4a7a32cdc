"""Posts as a source hands them over, and an ear that hears them."""

from __future__ import annotations

import itertools
from datetime import timedelta

from django.db import transaction

from harken.domain.listening.services.hear import Ear
from harken.domain.listening.stored import Post
from harken.kit import clock
from harken.kit.heard import Heard

_numbers = itertools.count(1)


def said(text: str, *, uri: str = "", author: str = "zora.example", **more: object) -> Heard:
    """A public post of a moment ago that nobody sent us."""
    number = next(_numbers)
    values: dict[str, object] = {
        "network": "loopback",
        "uri": uri or f"heard-{number}",
        "author": author,
        "text": text,
        "sent_at": clock.now() - timedelta(minutes=3) + timedelta(microseconds=number),
    }
    return Heard(**(values | more))  # type: ignore[arg-type]


def hear(*posts: Heard) -> int:
    """Let the monitors hear these, as the runner of a source does; how many hits that was."""
    ear = Ear()
    ear.refresh()
    with transaction.atomic():
        return ear.hear([Post(each) for each in posts])
