"""What a person decides about a reply the machine cannot settle."""

from __future__ import annotations

from django.db import transaction
from django.db.models.functions import Greatest, Now

from harken.domain.conversations.models import Conversation
from harken.domain.conversations.services.waiting import recompute
from harken.domain.journal.services import record
from harken.domain.people.models import User
from harken.domain.replies.events import ReplyDelivered, ReplyRequeued
from harken.domain.replies.models import Attempt, Draft, Outcome, Reply, ReplyState
from harken.domain.replies.queries import draft_of
from harken.domain.replies.services.draft import give_back
from harken.domain.replies.services.permission import may_write, place_of
from harken.kit.refusals import Refusal


class NotOpen(Refusal):
    """Somebody has settled it already."""


def resolve_by_hand(reply: Reply, *, was_sent: bool, url: str = "", by: User) -> Reply:
    """Say after a look at the network whether a reply stands there (at `url`) or not.

    Sent settles the turn; not sent puts it back into the queue. Raises `NotAllowed`, and `NotOpen`
    unless the reply waits for a person.
    """
    may_write(reply.conversation, by)
    with transaction.atomic():
        locked = Conversation.objects.select_for_update(of=("self",)).get(pk=reply.conversation_id)
        changes = (
            {"state": ReplyState.SENT, "settled_at": Now(), "error": ""}
            if was_sent
            else {"state": ReplyState.QUEUED, "next_attempt_at": Now(), "error": ""}
        )
        waiting = Reply.objects.filter(pk=reply.pk, state=ReplyState.NEEDS_HUMAN)
        if not waiting.update(**changes):
            raise NotOpen("A colleague has settled this already. Reload to see how.")
        _note_look(reply, by, url, Outcome.FOUND if was_sent else Outcome.ABSENT)
        if was_sent:
            Conversation.objects.filter(pk=locked.pk).update(
                settled_id=Greatest("settled_id", reply.answers_id)
            )
            recompute([locked.pk])
        event = ReplyDelivered if was_sent else ReplyRequeued
        record(event(reply=reply.pk, by=by.pk, **place_of(locked)))
    return Reply.objects.get(pk=reply.pk)


def edit_again(reply: Reply, *, by: User) -> Draft:
    """Make a draft of `by` from a refused reply, to be changed and sent anew.

    Raises `NotAllowed`, and `NotOpen` unless the network refused it.
    """
    may_write(reply.conversation, by)
    if reply.state != ReplyState.REFUSED:
        raise NotOpen("Only an answer the network refused can be edited again.")
    with transaction.atomic():
        give_back(reply.conversation, reply.body, to=by, was=reply)
    return draft_of(reply.conversation, by)


def _note_look(reply: Reply, by: User, url: str, outcome: Outcome) -> None:
    Attempt.objects.create(
        reply=reply,
        worker=f"person {by.pk}",
        settle_at=Now(),
        finished_at=Now(),
        outcome=outcome,
        detail=url[:500],
    )
