"""What a conversation is about, and which team it therefore belongs to."""

from __future__ import annotations

from django.db import transaction

from harken.domain.conversations.events import TeamChanged, TopicChanged
from harken.domain.conversations.models import Conversation, Topic
from harken.domain.conversations.services.permission import may_change, teams_of
from harken.domain.journal.services import record
from harken.domain.people.models import Team, User


def set_topic(conversation: Conversation, topic: Topic | None, *, by: User) -> Conversation:
    """Say what it is about; a topic with a team moves the conversation there."""
    may_change(by)
    with transaction.atomic():
        locked = Conversation.objects.select_for_update(of=("self",)).get(pk=conversation.pk)
        before = locked.topic_id
        if before != (topic.pk if topic else None):
            locked.topic = topic
            locked.save(update_fields=["topic"])
            record(
                TopicChanged(
                    conversation=locked.pk,
                    channel=locked.channel_id,
                    by=by.pk,
                    teams=teams_of(locked),
                    topic=topic.pk if topic else None,
                    before=before,
                )
            )
        if topic and topic.team_id and topic.team_id != locked.team_id:
            _move(locked, topic.team, by)
        return locked


def move(conversation: Conversation, *, to: Team | None, by: User) -> Conversation:
    """Hand the conversation to another team; its clock runs on."""
    may_change(by)
    with transaction.atomic():
        locked = Conversation.objects.select_for_update(of=("self",)).get(pk=conversation.pk)
        if locked.team_id != (to.pk if to else None):
            _move(locked, to, by)
        return locked


def _move(conversation: Conversation, to: Team | None, by: User) -> None:
    before = conversation.team_id
    conversation.team = to
    assignee = conversation.assignee
    if assignee and to and not assignee.sees_all and not assignee.teams.filter(pk=to.pk).exists():
        conversation.assignee = None  # who cannot see it any more cannot be its owner
    conversation.save(update_fields=["team", "assignee"])
    record(
        TeamChanged(
            conversation=conversation.pk,
            channel=conversation.channel_id,
            by=by.pk,
            teams=teams_of(conversation, before),
            team=to.pk if to else None,
            before=before,
        )
    )
