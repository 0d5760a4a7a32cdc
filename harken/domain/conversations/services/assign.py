"""Giving a conversation to somebody, taking it, giving it back."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from harken.domain.conversations.events import ConversationAssigned
from harken.domain.conversations.models import Conversation
from harken.domain.conversations.services.permission import may_change, teams_of
from harken.domain.journal.services import record, record_all
from harken.domain.people.models import User
from harken.kit.refusals import Invalid, Refusal


class Taken(Refusal):
    """Somebody else has the conversation already."""


def assign(conversation: Conversation, *, to: User | None, by: User | None) -> Conversation:
    """Give the conversation to a colleague, or back to the team (`to=None`).

    `by` None: a rule or the clock does it.

    Raises `NotAllowed`, and `Invalid` when the colleague could not see or answer it.
    """
    may_change(by)
    if to is not None:
        _can_have(conversation, to)
    with transaction.atomic():
        locked = Conversation.objects.select_for_update(of=("self",)).get(pk=conversation.pk)
        return _give(locked, to, by)


def take(conversation: Conversation, *, by: User) -> Conversation:
    """Take an unassigned conversation. Raises `Taken` when a colleague was faster."""
    may_change(by)
    with transaction.atomic():
        locked = Conversation.objects.select_for_update(of=("self",)).get(pk=conversation.pk)
        if locked.assignee_id not in {None, by.pk}:
            raise Taken(f"{locked.assignee} already has this conversation. Assign it to take over.")
        return _give(locked, by, by)


def pass_on(conversations: Sequence[Conversation], *, to: User | None, cause: str = "away") -> None:
    """Give conversations to a colleague, or back to the team (`to=None`); no person does this.

    The caller has locked them and knows that `to` can see and answer them. `cause`: see the event.
    """
    _give_many(conversations, to, None, cause)


def give_back(conversations: Sequence[Conversation], *, by: User | None) -> None:
    """Nobody has these any more: who had them left the team. The caller has locked them."""
    _give_many(conversations, None, by, "left")


def _give_many(
    conversations: Sequence[Conversation], to: User | None, by: User | None, cause: str
) -> None:
    assignee = to.pk if to else None
    moved = [conversation for conversation in conversations if conversation.assignee_id != assignee]
    if not moved:
        return
    Conversation.objects.filter(pk__in=[each.pk for each in moved]).update(assignee=to)
    record_all(
        ConversationAssigned(
            conversation=conversation.pk,
            channel=conversation.channel_id,
            by=by.pk if by else None,
            teams=teams_of(conversation),
            assignee=assignee,
            before=conversation.assignee_id,
            cause=cause,
        )
        for conversation in moved
    )


def _can_have(conversation: Conversation, user: User) -> None:
    if not (user.is_active and user.can_answer):
        raise Invalid(f"{user} cannot answer customers; choose somebody else.")
    team = conversation.team
    if team and not user.sees_all and not user.teams.filter(pk=team.pk).exists():
        raise Invalid(f"{user} is not in {team}; move the conversation to their team first.")


def _give(conversation: Conversation, to: User | None, by: User | None) -> Conversation:
    before = conversation.assignee_id
    if before == (to.pk if to else None):
        return conversation
    conversation.assignee = to
    conversation.save(update_fields=["assignee"])
    record(
        ConversationAssigned(
            conversation=conversation.pk,
            channel=conversation.channel_id,
            by=by.pk if by else None,
            teams=teams_of(conversation),
            assignee=to.pk if to else None,
            before=before,
        )
    )
    return conversation
