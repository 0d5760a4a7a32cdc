"""Answers of ours that others should learn from: named by a colleague, with the reason."""

from __future__ import annotations

from django.db import transaction

from harken.domain.conversations.models import Direction, Message
from harken.domain.conversations.queries import visible_to
from harken.domain.conversations.services.permission import may_change, teams_of
from harken.domain.journal.services import record
from harken.domain.knowledge.events import ExampleDropped, ExamplePromoted
from harken.domain.knowledge.models import StrongExample
from harken.domain.people.models import User
from harken.kit.refusals import Invalid, NotAllowed
from harken.kit.text import storable

LONGEST = 200  # characters of a reason


def promote(message: Message, why: str, *, by: User) -> StrongExample:
    """Make an answer of ours a strong example; one that is gets the new reason.

    Raises `NotAllowed` for who may not see or change the conversation, and `Invalid` without a
    reason or for what is no answer of ours.
    """
    _may(message, by)
    said = storable(" ".join(why.split()), LONGEST)
    if message.direction != Direction.OUTBOUND or message.deleted_at is not None:
        raise Invalid("Only an answer of ours that stands at the network can be an example.")
    if message.is_private:
        raise Invalid("It was said in private and stays between the two of you.")
    if not said:
        raise Invalid("Say in a few words what others can learn from it.")
    with transaction.atomic():
        example, is_new = StrongExample.objects.get_or_create(
            message=message, defaults={"why": said, "promoted_by": by}
        )
        if not is_new:
            StrongExample.objects.filter(pk=example.pk).update(why=said, promoted_by=by)
        record(_happened(ExamplePromoted, message, by))
    return StrongExample.objects.get(pk=example.pk)


def drop(message: Message, *, by: User) -> None:
    """It is no strong example any more; none already is success.

    Raises `NotAllowed` but for who promoted it, leads and managers.
    """
    _may(message, by)
    with transaction.atomic():
        held = StrongExample.objects.select_for_update().filter(message=message).first()
        if held is None:
            return
        if held.promoted_by_id != by.pk and not by.can_manage:
            raise NotAllowed("A colleague chose it. They, a lead or a manager can drop it.")
        held.delete()
        record(_happened(ExampleDropped, message, by))


def _may(message: Message, by: User) -> None:
    may_change(by)
    if not visible_to(by).filter(pk=message.conversation_id).exists():
        raise NotAllowed("This conversation belongs to another team. Ask them.")


def _happened(
    event: type[ExamplePromoted] | type[ExampleDropped], message: Message, by: User
) -> ExamplePromoted | ExampleDropped:
    conversation = message.conversation
    return event(
        message=message.pk,
        by=by.pk,
        conversation=conversation.pk,
        channel=conversation.channel_id,
        teams=teams_of(conversation),
    )
