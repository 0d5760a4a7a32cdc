"""Every kind of notification, and the ways each takes to a person who has chosen nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import models


class Way(models.TextChoices):
    """How a notification reaches a person."""

    DESK = "desk", "Desk"
    PUSH = "push", "Browser"
    EMAIL = "email", "E-mail"
    PAGER = "pager", "Pager"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of notification. `ways` are on until the person says otherwise.

    `for_managers`: agents never get it, so their settings do not list it.
    """

    key: str
    label: str
    ways: frozenset[Way]
    icon: str = "bell"
    for_managers: bool = False


QUIET = frozenset({Way.DESK})
NEAR = frozenset({Way.DESK, Way.PUSH})
KEPT = frozenset({Way.DESK, Way.EMAIL})
LOUD = frozenset(Way)

_ALL = (
    Kind("mention", "A colleague mentions you in a note", NEAR, "at-sign"),
    Kind("assigned", "Somebody gives you a conversation", NEAR, "user-check"),
    Kind("message_in_mine", "A customer of yours writes again", QUIET, "message-circle"),
    Kind("due_soon", "The time of one of yours is nearly over", QUIET, "clock"),
    Kind("breached", "The time of one of yours is over", NEAR, "flame"),
    Kind("escalation", "Something is escalated to you", LOUD, "flag"),
    Kind("approval", "An answer waits for your approval", NEAR, "check-check"),
    Kind("decided", "An answer of yours is approved or returned", NEAR, "reply"),
    Kind("on_call", "You are called in", LOUD, "megaphone"),
    Kind("shift_ending", "Your shift ends soon", QUIET, "moon"),
    Kind("handover", "Somebody hands over to you", NEAR, "reply"),
    Kind("call_back", "A customer of yours waits for a call", NEAR, "message-circle"),
    Kind("snooze_over", "What you put off comes back", NEAR, "rotate-ccw"),
    Kind("followup", "What you promised a customer is due", NEAR, "clock"),
    Kind("stayed", "An answer you wrote did not leave", NEAR, "clock"),
    Kind("answer_ending", "A saved answer of yours ends soon", KEPT, "book-open"),
    Kind("rule", "A rule tells you something", QUIET, "activity"),
    Kind("not_deleted", "An answer you took back stays at the network", NEAR, "trash-2"),
    Kind("without_owner", "A conversation has no owner", NEAR, "users", for_managers=True),
    Kind("coverage_gap", "Nobody is on duty soon", KEPT, "triangle-alert", for_managers=True),
    Kind("storm", "Much more is said than usual", LOUD, "activity", for_managers=True),
    Kind("source_stopped", "A source was refused", NEAR, "globe", for_managers=True),
    Kind("channel_failing", "A channel does not answer", LOUD - {Way.PAGER}, "plug", True),
)
KINDS: dict[str, Kind] = {kind.key: kind for kind in _ALL}


def kinds_for(*, manages: bool) -> Iterable[Kind]:
    """The kinds a person can get, in the order of the settings page."""
    return tuple(kind for kind in _ALL if manages or not kind.for_managers)
