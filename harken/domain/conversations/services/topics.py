"""What a conversation is about, and which team it therefore belongs to."""

from __future__ import annotations

from django.db import transaction

from harken.domain.conversations.events import TeamChanged, TopicChanged
from harken.domain.conversations.models import Conversation, State, Topic
from harken.domain.conversations.services.permission import may_change, teams_of
from harken.domain.journal.models import Event
from harken.domain.journal.services import record
from harken.domain.people.models import Team, User
from harken.domain.people.queries import may_see_team
from harken.kit.refusals import Invalid


def set_topic(conversation: Conversation, topic: Topic | None, *, by: User | None) -> Conversation:
    """Say what it is about; a topic with a team moves the conversation there.

    `by` None: a rule says it.

    Raises `NotAllowed`, and `Invalid` for a topic out of use.
    """
    may_change(by)
    if topic is not None and topic.retired_at is not None:
        raise Invalid(f"{topic} is out of use; choose another topic.")
    with transaction.atomic():
        locked = Conversation.objects.select_for_update(of=("self",)).get(pk=conversation.pk)
        _say(locked, topic, by)
        return locked


def suggest_topic(conversation: Conversation, topic: Topic) -> bool:
    """Software's word on what it is about, and so on whose it is; True when it was taken.

    Only for an open conversation nobody has, without a topic, and about whose topic no person
    said anything, not even that it has none.
    """
    with transaction.atomic():
        locked = Conversation.objects.select_for_update(of=("self",)).get(pk=conversation.pk)
        free = locked.topic_id is None and locked.assignee_id is None and topic.retired_at is None
        if not free or locked.state != State.OPEN or a_person_said(locked):
            return False
        _say(locked, topic, None)
        return True


def a_person_said(conversation: Conversation) -> bool:
    """Whether a person ever chose its topic or its team."""
    said = Event.objects.filter(conversation_id=conversation.pk, actor_id__isnull=False)
    return said.filter(kind__in=["TopicChanged", "TeamChanged"]).exists()


def _say(conversation: Conversation, topic: Topic | None, by: User | None) -> None:
    before = conversation.topic_id
    if before != (topic.pk if topic else None):
        conversation.topic = topic
        conversation.save(update_fields=["topic"])
        record(
            TopicChanged(
                conversation=conversation.pk,
                channel=conversation.channel_id,
                by=by.pk if by else None,
                teams=teams_of(conversation),
                topic=topic.pk if topic else None,
                before=before,
            )
        )
    if topic and topic.team_id and topic.team_id != conversation.team_id:
        _move(conversation, topic.team, by)


def move(conversation: Conversation, *, to: Team | None, by: User | None) -> Conversation:
    """Hand the conversation to another team; its clock runs on. `by` None: a rule does it."""
    may_change(by)
    with transaction.atomic():
        locked = Conversation.objects.select_for_update(of=("self",)).get(pk=conversation.pk)
        if locked.team_id != (to.pk if to else None):
            _move(locked, to, by)
        return locked


def _move(conversation: Conversation, to: Team | None, by: User | None) -> None:
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
            by=by.pk if by else None,
            teams=teams_of(conversation, before),
            team=to.pk if to else None,
            before=before,
            owner=_named(conversation),
        )
    )


def _named(conversation: Conversation) -> int | None:
    topic = conversation.topic
    owner = conversation.assignee or (topic.owner if topic else None)
    return owner.pk if owner and may_see_team(owner, conversation.team_id) else None
