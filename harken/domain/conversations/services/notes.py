"""Notes: what colleagues tell each other beside a conversation."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from harken.domain.conversations.events import NoteWritten
from harken.domain.conversations.models import Conversation, Note
from harken.domain.conversations.services.permission import may_change, teams_of
from harken.domain.journal.services import record
from harken.domain.people.models import User
from harken.kit.refusals import Invalid
from harken.kit.text import storable

LONGEST = 10_000  # characters


def write_note(conversation: Conversation, *, body: str, client_key: UUID, by: User | None) -> Note:
    """Write a note; the same `client_key` again returns the first one. `by` None: a rule does."""
    may_change(by)
    body = storable(body.strip(), LONGEST)
    if not body:
        raise Invalid("The note is empty. Write something first.")
    with transaction.atomic():
        note, fresh = Note.objects.get_or_create(
            client_key=client_key,
            defaults={"conversation": conversation, "author": by, "body": body},
        )
        if fresh:
            record(
                NoteWritten(
                    conversation=conversation.pk,
                    channel=conversation.channel_id,
                    by=by.pk if by else None,
                    teams=teams_of(conversation),
                    note=note.pk,
                )
            )
        return note
