"""What the roster does when something happens to conversations."""

from __future__ import annotations

from collections.abc import Sequence

from harken.domain.journal.services import Happened
from harken.domain.roster.services.calls import ANSWERED, TAKEN, call_for, end_calls


def call_out_of_hours(conversations: Sequence[int]) -> None:
    """Customers wrote, or came to another team: where nobody is on, who is on call is told."""
    call_for(conversations)


def stop_calling_for_the_taken(event: Happened) -> None:
    """A person took or was given it."""
    if event.by is not None and event.conversation is not None:
        end_calls(event.conversation, TAKEN, by=event.by)


def stop_calling_for_the_answered(event: Happened) -> None:
    """A person answered or closed it."""
    if event.conversation is not None:
        end_calls(event.conversation, ANSWERED, by=event.by)
