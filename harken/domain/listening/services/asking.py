"""A mention is asked into the inbox: by a person's key, or by the rule of a monitor.

Asking only writes down that it was asked, once; a worker looks the post up at its network and lets
the channel receive it (`taking`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from django.db import transaction

from harken.domain.channels.models import Channel, ChannelState
from harken.domain.channels.registry import connector_classes
from harken.domain.conversations.models import Message
from harken.domain.conversations.services.assign import Taken, take
from harken.domain.conversations.services.permission import may_change
from harken.domain.journal.services import record, record_all
from harken.domain.listening.events import MentionAsked
from harken.domain.listening.models import Monitor
from harken.domain.listening.models_mentions import Mention, MentionState, Taking
from harken.domain.people.models import User
from harken.kit import clock
from harken.kit.refusals import Invalid, Refusal

NOT_NOW = (ChannelState.NEEDS_LOGIN, ChannelState.PAUSED)


class NoChannel(Refusal):
    """There is no account of ours through which a mention could be answered."""


def answering_networks() -> dict[str, list[Channel]]:
    """The networks whose posts can be answered here, with the channels that can now."""
    able = [
        network
        for network, made in connector_classes().items()
        if made.capabilities.can_look_up and made.capabilities.can_reply
    ]
    found: dict[str, list[Channel]] = {}
    for channel in Channel.objects.filter(network__in=able).exclude(state__in=NOT_NOW):
        found.setdefault(channel.network, []).append(channel)
    return found


def ask_for(mention: Mention, *, by: User) -> Mention:
    """Ask a mention into the inbox, for `by` to answer; asked again, or by two, it is one.

    What is in the inbox already is taken, if nobody has it. Raises `NotAllowed`, `Invalid` for
    one that was taken back, and `NoChannel`.
    """
    may_change(by)
    with transaction.atomic():
        locked = Mention.objects.select_for_update().get(pk=mention.pk)
        if locked.deleted_at is not None:
            raise Invalid("Its author took this post back.")
        if locked.message_id is not None:
            _take_conversation(locked.message_id, by)
            return locked
        monitors = list(Monitor.objects.filter(monitorhit__mention=locked))
        channel = channel_for(locked, monitors, answering_networks())
        if channel is None:
            raise NoChannel(
                "No account of ours at this network can answer now. Open the post and answer there."
            )
        if _write_down(locked, channel, by):
            record(MentionAsked(mention=locked.pk, by=by.pk, teams=teams_of(monitors)))
    return locked


def ask_at_once(
    heard: Iterable[tuple[Mention, Collection[int]]], monitors: Mapping[int, Monitor]
) -> None:
    """Ask those into the inbox whose monitor says so; the ones nobody can answer stay listed."""
    asked: list[tuple[Mention, list[Monitor]]] = []
    for mention, ids in heard:
        theirs = [monitors[pk] for pk in ids]
        if any(each.at_once for each in theirs) and _waits(mention):
            asked.append((mention, theirs))
    channels = answering_networks() if asked else {}
    rows = [
        (Taking(mention=mention, channel=channel, next_at=clock.now()), theirs)
        for mention, theirs in asked
        if (channel := channel_for(mention, theirs, channels)) is not None
    ]
    Taking.objects.bulk_create([row for row, _ in rows], ignore_conflicts=True)
    record_all(MentionAsked(mention=row.mention_id, teams=teams_of(theirs)) for row, theirs in rows)


def channel_for(
    mention: Mention, monitors: Collection[Monitor], channels: Mapping[str, list[Channel]]
) -> Channel | None:
    """The account that answers a mention: of the monitors' brand and team, if there is one."""
    brands = {each.brand_id for each in monitors if each.brand_id}
    teams = {each.team_id for each in monitors if each.team_id}
    able = channels.get(mention.network, [])
    return min(
        able,
        key=lambda each: (each.brand_id not in brands, each.team_id not in teams, each.pk),
        default=None,
    )


def _waits(mention: Mention) -> bool:
    new = mention.state == MentionState.NEW and mention.deleted_at is None
    return new and mention.untagged and not mention.by_us and mention.fold_id is None


def _write_down(mention: Mention, channel: Channel, by: User) -> bool:
    """Whether it was not on its way already; one that failed is tried anew."""
    now = clock.now()
    taking, is_new = Taking.objects.get_or_create(
        mention=mention, defaults={"channel": channel, "asked_by": by, "next_at": now}
    )
    if is_new or taking.next_at is not None:
        # What a rule asked for has nobody yet: it becomes theirs who ask for it first.
        Taking.objects.filter(pk=taking.pk, asked_by=None).update(asked_by=by)
        return is_new
    taking.channel, taking.asked_by, taking.asked_at = channel, by, now
    taking.next_at, taking.tries, taking.trouble = now, 0, ""
    taking.save()
    return True


def _take_conversation(message: int, by: User) -> None:
    conversation = Message.objects.select_related("conversation").get(pk=message).conversation
    try:
        take(conversation, by=by)
    except Taken:
        return  # a colleague has it: the one who asked is shown so in the conversation


def teams_of(monitors: Collection[Monitor]) -> tuple[int, ...]:
    """Whom an event about what these heard is for."""
    return teams_told({each.team_id for each in monitors})


def teams_told(teams: Collection[int | None]) -> tuple[int, ...]:
    """Whom an event is for: these teams, or everybody when one of them is no team."""
    return () if None in teams else tuple(sorted(team for team in teams if team))
