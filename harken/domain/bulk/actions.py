"""What can be done to many at once: each action, when it changes nothing, when it may not be done.

The conditions are asked of the database for all at once, so a preview of thousands is one query;
the change itself goes through the same service as one by hand, which has the last word.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Q

from harken.domain.conversations.models import (
    CloseReason,
    Conversation,
    ConversationTag,
    Place,
    Priority,
    Tag,
    Topic,
)
from harken.domain.conversations.services.assign import assign, take
from harken.domain.conversations.services.close import close
from harken.domain.conversations.services.priority import set_priority
from harken.domain.conversations.services.snooze import UNTIL_THEY_WRITE, snooze
from harken.domain.conversations.services.tags import add_tag, remove_tag, tag_name
from harken.domain.conversations.services.topics import move, set_topic
from harken.domain.people.models import Team, User
from harken.kit import clock
from harken.kit.ids import id_in
from harken.kit.refusals import Invalid

Refused = list[tuple[str, Q]]
NOTHING: Refused = []
NAPS = {
    "1h": ("an hour", timedelta(hours=1)),
    "4h": ("four hours", timedelta(hours=4)),
    "1d": ("a day", timedelta(days=1)),
    "7d": ("a week", timedelta(days=7)),
    "reply": ("until they write", None),
}


@dataclass(frozen=True, slots=True)
class Deed:
    """One action with its value: how it is said, whom it changes nothing for, and doing it.

    `refused` pairs a reason with a condition; `do` takes one conversation and who does it.
    """

    words: str
    already: Q
    refused: Refused
    do: Callable[[Conversation, User], object]


def _assign(value: str, by: User) -> Deed:
    del by
    if not value:
        nobody = Q(assignee__isnull=True)
        return Deed(
            "Given back to the team", nobody, NOTHING, lambda c, by: assign(c, to=None, by=by)
        )
    to = _one_of(User.objects.filter(is_active=True), value)
    if not to.can_answer:
        raise Invalid(f"{to} cannot answer customers; choose somebody else.")
    theirs = Q(team__isnull=True) | Q(team__in=to.teams.values("pk"))
    refused = NOTHING if to.sees_all else [(f"{to} is not in their team", ~theirs)]
    return Deed(f"Given to {to}", Q(assignee=to), refused, lambda c, by: assign(c, to=to, by=by))


def _take(value: str, by: User) -> Deed:
    del value
    others = Q(assignee__isnull=False) & ~Q(assignee=by)
    refused = [("a colleague has them", others)]
    return Deed("Taken", Q(assignee=by), refused, lambda c, by: take(c, by=by))


def _team(value: str, by: User) -> Deed:
    del by
    to = _one_of(Team.objects.all(), value)
    return Deed(f"Handed to {to}", Q(team=to), NOTHING, lambda c, by: move(c, to=to, by=by))


def _topic(value: str, by: User) -> Deed:
    del by
    to = _one_of(Topic.objects.select_related("team"), value) if value else None
    already = Q(topic=to) if to else Q(topic__isnull=True)
    words = f"Topic: {to}" if to else "Topic taken off"
    return Deed(words, already, NOTHING, lambda c, by: set_topic(c, to, by=by))


def _tag(value: str, by: User) -> Deed:
    del by
    name = tag_name(value)
    return Deed(f"Tagged #{name}", _tagged(name), NOTHING, lambda c, by: add_tag(c, name, by=by))


def _untag(value: str, by: User) -> Deed:
    del by
    name = tag_name(value)
    if not Tag.objects.filter(name=name).exists():
        raise Invalid(f"No tag is called #{name}.")
    words = f"#{name} taken off"
    return Deed(words, ~_tagged(name), NOTHING, lambda c, by: remove_tag(c, name, by=by))


def _tagged(name: str) -> Q:
    return Q(pk__in=ConversationTag.objects.filter(tag__name=name).values("conversation"))


def _priority(value: str, by: User) -> Deed:
    del by
    if value not in Priority.values:
        raise Invalid("There is no such priority: choose low, normal, high or urgent.")
    words = f"{Priority(value).label} priority"
    return Deed(words, Q(priority=value), NOTHING, lambda c, by: set_priority(c, value, by=by))


def _close(value: str, by: User) -> Deed:
    del by
    if value and value not in CloseReason.values:
        raise Invalid("Choose a reason to close from the list.")
    waits = Q(waits_since__isnull=False)
    refused = NOTHING if value else [("their customer waits; give a reason", waits)]
    return Deed(
        "Closed", Q(place=Place.CLOSED), refused, lambda c, by: close(c, reason=value, by=by)
    )


def _snooze(value: str, by: User) -> Deed:
    del by
    if value not in NAPS:
        raise Invalid("Choose from the list how long they are set aside.")
    words, span = NAPS[value]
    until = clock.now() + span if span else UNTIL_THEY_WRITE
    refused = [
        ("they are closed", Q(place=Place.CLOSED)),
        ("their customer waits; snooze those one by one", Q(waits_since__isnull=False)),
    ]
    said = f"Snoozed {words}" if span is None else f"Snoozed for {words}"
    return Deed(said, Q(pk__in=[]), refused, lambda c, by: snooze(c, until, by=by))


#: action -> how it is asked for, and what makes a deed of its value
ACTIONS: dict[str, tuple[str, Callable[[str, User], Deed]]] = {
    "assign": ("Give to …", _assign),
    "take": ("Take them", _take),
    "team": ("Hand to a team …", _team),
    "topic": ("Set the topic …", _topic),
    "tag": ("Put a tag on …", _tag),
    "untag": ("Take a tag off …", _untag),
    "priority": ("Set the priority …", _priority),
    "close": ("Close …", _close),
    "snooze": ("Snooze …", _snooze),
}


def deed(action: str, value: str, *, by: User) -> Deed:
    """The action with its value. Raises `Invalid` for what does not exist."""
    if action not in ACTIONS:
        raise Invalid("Choose what shall be done from the list.")
    return ACTIONS[action][1](value.strip(), by)


def _one_of(among: Any, value: str) -> Any:
    found = among.filter(pk=id_in(value)).first()
    if found is None:
        raise Invalid("Choose from the list; what was chosen is not there any more.")
    return found
