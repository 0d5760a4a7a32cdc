"""What was looked up for a mention arrives: in a conversation with a clock, or not at all."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from harken.domain.conversations.models import Conversation, Message
from harken.domain.conversations.models_early import Tombstone
from harken.domain.conversations.services.assign import assign
from harken.domain.conversations.services.receive import Parse, receive_raw
from harken.domain.conversations.services.topics import move, set_topic
from harken.domain.journal.services import record
from harken.domain.listening.events import MentionMissed, MentionTaken
from harken.domain.listening.models import Monitor
from harken.domain.listening.models_mentions import Mention, Taking
from harken.domain.listening.services.asking import teams_of
from harken.domain.listening.services.mentions import bury, join
from harken.domain.people.models import Team
from harken.domain.people.queries import may_see_team
from harken.domain.sla.services.adjust import start_later
from harken.kit.refusals import Refusal

UNREADABLE = "What the network answered could not be read; it is in the channel's quarantine."
TAKEN_BACK = "Its author took this post back."
OURS = "Our own account wrote this post."


def arrive(taking: Taking, raw: bytes, parse: Parse) -> None:
    """Let the channel receive the post; who asked for it gets it, if nobody has it.

    One transaction: the message, the mention that it is, and that there is nothing left to try.
    """
    with transaction.atomic():
        received = receive_raw(taking.channel, [raw], parse)
        mention = Mention.objects.select_for_update().get(pk=taking.pk)
        locked = _still_wanted(taking)
        if locked is None:
            return
        stored = Message.objects.filter(channel=taking.channel, external_id=mention.uri)
        message = stored.filter(deleted_at=None).select_related("conversation").first()
        if message is not None:
            _hand_over(locked, mention, message)
            return
        grave = Tombstone.objects.filter(channel=taking.channel, external_id=mention.uri).first()
        if grave is not None:
            bury(mention, grave.deleted_at)
        trouble = TAKEN_BACK if grave else UNREADABLE if received.quarantined else OURS
        _miss(locked, trouble)


def give_up(taking: Taking, trouble: str) -> None:
    """There is nothing left to try; `trouble` says why."""
    with transaction.atomic():
        locked = _still_wanted(taking)
        if locked is not None:
            _miss(locked, trouble)


def postpone(taking: Taking, next_at: datetime, trouble: str, *, everybody: bool) -> None:
    """Try again at `next_at`; `everybody`: so do all others that wait for this channel."""
    waiting = Taking.objects.filter(next_at__isnull=False)
    waiting.filter(pk=taking.pk).update(next_at=next_at, tries=taking.tries + 1, trouble=trouble)
    if everybody:
        waiting.filter(channel=taking.channel, next_at__lt=next_at).update(next_at=next_at)


def _still_wanted(taking: Taking) -> Taking | None:
    """The row, locked; None when another worker was done with it first."""
    rows = Taking.objects.select_for_update(of=("self",)).select_related("channel", "asked_by")
    return rows.filter(pk=taking.pk, next_at__isnull=False).first()


def _hand_over(taking: Taking, mention: Mention, message: Message) -> None:
    _close(taking, "")
    join(mention, message)
    conversation = message.conversation
    if conversation.message_count == 1 and conversation.assignee_id is None:
        conversation = _route(taking, conversation)
    if mention.counts_from is not None and mention.counts_from > message.sent_at:
        start_later(conversation.pk, message.pk, mention.counts_from)
    record(
        MentionTaken(
            mention=mention.pk,
            conversation=conversation.pk,
            channel=conversation.channel_id,
            by=taking.asked_by_id,
            teams=(conversation.team_id,) if conversation.team_id else (),
        )
    )


def _route(taking: Taking, conversation: Conversation) -> Conversation:
    """A new conversation goes where its monitor says, and to who asked for it.

    Who asked must see it: where the monitor names no team of theirs, it goes to one that is.
    """
    asked, monitors = taking.asked_by, _monitors_of(taking)
    topic = next((each.topic for each in monitors if each.topic), None)
    teams = [each.team for each in monitors] + [topic.team if topic else None, conversation.team]
    team = next((each for each in teams if each), None)
    if asked is not None and not may_see_team(asked, team.pk if team else None):
        team = Team.objects.filter(members=asked).order_by("pk").first()
    if topic is not None and topic.retired_at is None:
        conversation = set_topic(conversation, topic, by=None)
    conversation = move(conversation, to=team, by=None)
    if asked is None:
        return conversation
    try:
        return assign(conversation, to=asked, by=asked)
    except Refusal:  # who asked lost the role meanwhile; it waits for everybody
        return conversation


def _monitors_of(taking: Taking) -> list[Monitor]:
    heard = Monitor.objects.filter(monitorhit__mention=taking.pk).select_related("topic", "team")
    return list(heard.order_by("-at_once", "pk"))


def _miss(taking: Taking, trouble: str) -> None:
    _close(taking, trouble)
    teams = teams_of(_monitors_of(taking))
    record(MentionMissed(mention=taking.pk, by=taking.asked_by_id, teams=teams))


def _close(taking: Taking, trouble: str) -> None:
    taking.next_at, taking.trouble = None, trouble
    taking.save(update_fields=["next_at", "trouble"])
