"""What else a person may ask of a network: a like; `retract` asks for the deletion of an answer."""

from __future__ import annotations

from django.db import transaction
from django.db.models.functions import Now

from harken.domain.channels.registry import pure_connector
from harken.domain.conversations.models import Direction, Message
from harken.domain.journal.services import record
from harken.domain.people.models import User
from harken.domain.replies.events import ActionAsked
from harken.domain.replies.models import ActionKind, NetworkAction, ReplyState
from harken.domain.replies.services.permission import may_write, place_of
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
    return ask(ActionKind.LIKE, message, by)


def ask(kind: ActionKind, message: Message, by: User) -> NetworkAction:
    """Put what `by` asks for into the outbox, once; what was refused is asked for again."""
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
