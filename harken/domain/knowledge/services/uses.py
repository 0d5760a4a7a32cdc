"""Which texts began from saved answers: noted when one is inserted, counted when it is sent."""

from __future__ import annotations

import uuid

from django.db import transaction

from harken.domain.conversations.models import Conversation
from harken.domain.conversations.services.permission import may_change, teams_of
from harken.domain.journal.services import record
from harken.domain.knowledge.events import SavedAnswerInserted
from harken.domain.knowledge.models import SavedAnswer, SavedAnswerUse
from harken.domain.knowledge.queries import offered
from harken.domain.knowledge.queries_begun import begun_from
from harken.domain.people.models import User
from harken.kit import clock
from harken.kit.refusals import Invalid


def note_inserted(conversation: Conversation, answer: SavedAnswer, *, by: User) -> SavedAnswerUse:
    """`by` begins a text from this answer; they can see the conversation. Again is no other use.

    Raises `NotAllowed` for people who only look on, and `Invalid` for an answer that is not
    offered there.
    """
    may_change(by)
    if not offered(conversation).filter(pk=answer.pk).exists():
        raise Invalid("This answer is not in use any more. Look for another.")
    with transaction.atomic():
        use, _ = SavedAnswerUse.objects.update_or_create(
            answer=answer,
            conversation=conversation,
            defaults={"person": by, "version": answer.version, "inserted_at": clock.now()},
        )
        record(
            SavedAnswerInserted(
                answer=answer.pk,
                by=by.pk,
                conversation=conversation.pk,
                channel=conversation.channel_id,
                teams=teams_of(conversation),
            )
        )
    return use


def note_sent(conversation: Conversation, text: str, *, client_key: uuid.UUID) -> int:
    """Count the answers that `text` still resembles as it leaves; how many there are.

    Runs in the transaction that queues the reply.
    """
    uses = [use.pk for use in begun_from(conversation, text)]
    rows = SavedAnswerUse.objects.filter(pk__in=uses)
    return rows.update(client_key=client_key, sent_at=clock.now())


def note_taken_back(client_key: uuid.UUID) -> None:
    """The reply with this key will not leave: its answers were not used after all."""
    SavedAnswerUse.objects.filter(client_key=client_key).update(client_key=None, sent_at=None)
