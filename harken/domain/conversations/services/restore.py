"""What a conversation is, as plain values, and making it that again.

Only what people decide is kept: state, topic, team, who has it, priority, snooze, tags. Who waits
since when, and every clock, follows from it and is worked out anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from harken.domain.conversations.events import (
    ConversationAssigned,
    ConversationClosed,
    ConversationReopened,
    ConversationSnoozed,
    PriorityChanged,
    SnoozeEnded,
    TagAdded,
    TagRemoved,
    TeamChanged,
    TopicChanged,
)
from harken.domain.conversations.models import Conversation, ConversationTag, State
from harken.domain.conversations.models_set_aside import Snooze, Waker
from harken.domain.conversations.services.permission import may_change, teams_of
from harken.domain.conversations.services.snooze import end_snoozes
from harken.domain.conversations.services.waiting import recompute
from harken.domain.journal.services import Happened, record_all
from harken.domain.people.models import User

COLUMNS = (
    *("state", "topic_id", "team_id", "assignee_id", "priority"),
    *("closed_at", "closed_by_id", "close_reason", "settled_id"),
    *("snoozed_until", "snoozed_by_id", "woken_at"),
)
Values = dict[str, Any]


def snapshot(conversation: int) -> Values:
    """Everything people decided about a conversation and what is merged into it.

    Keys are `<id>:<column>` and `<id>:tag:<tag>`; values can be written as JSON.
    """
    found: Values = {}
    case = Conversation.objects.filter(Q(pk=conversation) | Q(merged_into=conversation))
    for row in case.values("pk", *COLUMNS):
        for name in COLUMNS:
            found[f"{row['pk']}:{name}"] = _plain(row[name])
    tags = ConversationTag.objects.filter(conversation__in=case.values("pk"))
    for pk, tag, by, at in tags.values_list("conversation", "tag", "added_by", "added_at"):
        found[f"{pk}:tag:{tag}"] = [by, at.isoformat()]
    return found


def difference(before: Values, after: Values) -> tuple[Values, Values]:
    """Both narrowed to what differs; what is missing on one side is None there."""
    keys = [key for key in {**before, **after} if before.get(key) != after.get(key)]
    return {key: before.get(key) for key in keys}, {key: after.get(key) for key in keys}


def restore(conversation: Conversation, before: Values, after: Values, *, by: User) -> bool:
    """Make it what it was `before`, if it is still what it was `after`; False: changed since.

    Both hold only what differs. Raises `NotAllowed`.
    """
    may_change(by)
    with transaction.atomic():
        ids = sorted({int(key.partition(":")[0]) for key in before} | {conversation.pk})
        case = Conversation.objects.filter(pk__in=ids).order_by("pk")
        held = {each.pk: each for each in case.select_for_update(of=("self",))}
        now = snapshot(conversation.pk)
        if any(now.get(key) != value for key, value in after.items()):
            return False
        told: list[Happened] = []
        for pk, each in held.items():
            mine = {k.partition(":")[2]: v for k, v in before.items() if k.startswith(f"{pk}:")}
            was = {k.partition(":")[2]: v for k, v in after.items() if k.startswith(f"{pk}:")}
            told += _back(each, mine, was, by)
        if any(key.endswith((":state", ":settled_id")) for key in before):
            recompute(held)
        record_all(told)
        # Last: to tell that somebody took it up takes a woken one off the top.
        for key, value in before.items():
            if key.endswith(":woken_at") and value is not None:
                pk = int(key.partition(":")[0])
                Conversation.objects.filter(pk=pk).update(woken_at=_stored("woken_at", value))
        return True


def _back(conversation: Conversation, before: Values, was: Values, by: User) -> list[Happened]:
    if before.get("snoozed_until") is None and was.get("snoozed_until") is not None:
        end_snoozes([conversation.pk], Waker.PERSON, by=by, quietly=True)
    elif before.get("snoozed_until") is not None:
        _sleep_on(conversation, before["snoozed_until"])
    columns = {name: value for name, value in before.items() if not name.startswith("tag:")}
    if columns:
        values = {name: _stored(name, value) for name, value in columns.items()}
        Conversation.objects.filter(pk=conversation.pk).update(**values)
        conversation.refresh_from_db()
    tags = {int(name[4:]): value for name, value in before.items() if name.startswith("tag:")}
    for tag, value in tags.items():
        _tag_back(conversation, tag, value)
    place = {
        "conversation": conversation.pk,
        "channel": conversation.channel_id,
        "by": by.pk,
        "teams": teams_of(conversation, was.get("team_id")),
    }
    return _said(place, before, was) + _tags_said(place, tags)


def _sleep_on(conversation: Conversation, until: str) -> None:
    last = Snooze.objects.filter(conversation=conversation, until=until).order_by("-pk").first()
    if last is not None:
        Snooze.objects.filter(pk=last.pk).update(ended_at=None, ended_why="", ended_by=None)


def _tag_back(conversation: Conversation, tag: int, value: list[Any] | None) -> None:
    if value is None:
        ConversationTag.objects.filter(conversation=conversation, tag=tag).delete()
        return
    by, at = value
    known = by if User.objects.filter(pk=by).exists() else None
    ConversationTag.objects.create(
        conversation=conversation, tag_id=tag, added_by_id=known, added_at=at
    )


def _said(place: Mapping[str, Any], before: Values, was: Values) -> list[Happened]:
    told: list[Happened] = []
    if "topic_id" in before:
        told.append(TopicChanged(topic=before["topic_id"], before=was["topic_id"], **place))
    if "team_id" in before:
        told.append(TeamChanged(team=before["team_id"], before=was["team_id"], **place))
    if "assignee_id" in before:
        people = {"assignee": before["assignee_id"], "before": was["assignee_id"]}
        told.append(ConversationAssigned(**people, **place))
    if "priority" in before:
        told.append(PriorityChanged(priority=before["priority"], before=was["priority"], **place))
    if before.get("state") == State.OPEN:
        told.append(ConversationReopened(**place))
    elif before.get("state") == State.CLOSED:
        told.append(ConversationClosed(reason=before.get("close_reason", ""), **place))
    return told + _snooze_said(place, before)


def _snooze_said(place: Mapping[str, Any], before: Values) -> list[Happened]:
    if "snoozed_until" not in before:
        return []
    last = Snooze.objects.filter(conversation=place["conversation"]).order_by("-pk").first()
    if last is None:
        return []
    if before["snoozed_until"] is None:
        return [SnoozeEnded(snooze=last.pk, snoozer=last.made_by_id, why=Waker.PERSON, **place)]
    return [ConversationSnoozed(snooze=last.pk, until=before["snoozed_until"], **place)]


def _tags_said(place: Mapping[str, Any], tags: Mapping[int, Any]) -> list[Happened]:
    return [
        TagRemoved(tag=tag, **place) if value is None else TagAdded(tag=tag, **place)
        for tag, value in tags.items()
    ]


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value


def _stored(name: str, value: Any) -> Any:
    if value is not None and name in {"closed_at", "snoozed_until", "woken_at"}:
        return datetime.fromisoformat(value)
    return value
