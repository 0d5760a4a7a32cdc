"""What presence does when something happens to an answer."""

from __future__ import annotations

from harken.domain.journal.services import Happened
from harken.domain.presence.services import stop_writing


def free_the_lock_of_the_sender(event: Happened) -> None:
    """Who sent an answer does not write it any more."""
    if event.conversation is not None and event.by is not None:
        stop_writing(event.conversation, by=event.by)
