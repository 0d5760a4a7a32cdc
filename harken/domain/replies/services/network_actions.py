"""What else a person may ask of a network: a like, the deletion of our own answer."""

from __future__ import annotations

from django.db import transaction
from django.db.models.functions import Now

from harken.domain.channels.registry import pure_connector
from harken.domain.conversations.models import Direction, Message
from harken.domain.journal.services import record
from harken.domain.people.models import User
from harken.domain.replies.events import ActionAsked
from harken.domain.replies.models import ActionKind, NetworkAction, ReplyState
from harken.domain.replies.services.permission import may_withdraw, may_write, place_of
from harken.kit.refusals import Refusal


class CannotAct(Refusal):
    """The network or this post does not allow it."""


def like(message: Message, *, by: User) -> NetworkAction:
    """Like a customer's post in the company's name; asked before returns the first asking.

    Raises `NotAllowed`, `CannotAct`.
    """
    may_write(message.conversation, by)
    if message.direction != Direction.INBOUND or message.deleted_at or message.is_private:
        raise CannotAct("Only a customer's post that is still there can be liked.")
    if not pure_connector(message.channel).capabilities.can_like:
        raise CannotAct("This network has no likes.")
    return _ask(ActionKind.LIKE, message, by)


def retract(message: Message, *, by: User) -> NetworkAction:
    """Delete an answer of ours at the network; asked before returns the first asking.

    The text stays here as evidence, marked deleted once the network confirmed it.
    Raises `NotAllowed` for anybody but its author, leads and managers, and `CannotAct`.
    """
    may_write(message.conversation, by)
    if message.direction != Direction.OUTBOUND or message.author_id is None or message.is_private:
        raise CannotAct("Only an answer sent from here can be deleted from here.")
    may_withdraw(message.author_id, by)
    if not pure_connector(message.channel).capabilities.can_delete:
        raise CannotAct("This network does not let us delete an answer.")
    return _ask(ActionKind.RETRACT, message, by)


def _ask(kind: ActionKind, message: Message, by: User) -> NetworkAction:
    with transaction.atomic():
        action, fresh = NetworkAction.objects.select_for_update().get_or_create(
            kind=kind,
            message=message,
            defaults={
                "channel": message.channel,
                "author": by,
                "key": pure_connector(message.channel).new_key(),
            },
        )
        if not fresh and action.state != ReplyState.REFUSED:
            return action
        if not fresh:  # the network said no before; a person asks once more
            action.state, action.author, action.error, action.tries = ReplyState.QUEUED, by, "", 0
            action.next_attempt_at = Now()
            action.save()
        action.refresh_from_db()
        place = place_of(message.conversation)
        record(ActionAsked(action=action.pk, message=message.pk, by=by.pk, **place))
    return action
