"""What a person has typed: saved while they type, so that no crash loses it."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.db.models.functions import Now

from harken.domain.conversations.models import Conversation
from harken.domain.journal.services import record
from harken.domain.people.models import User
from harken.domain.replies.events import DraftDropped, DraftStarted
from harken.domain.replies.models import Draft, Reply
from harken.domain.replies.models_retraction import Retraction
from harken.domain.replies.queries import draft_of
from harken.domain.replies.services.permission import may_write, place_of
from harken.kit.text import storable

LONGEST_BODY = 20_000  # characters; far more than any network takes


def save_draft(
    conversation: Conversation, *, body: str, by: User, client_key: uuid.UUID | None = None
) -> Draft:
    """Keep what `by` has typed and return it; an empty text drops the draft.

    `client_key` is the key of the page that saves. A save that arrives after the send it belongs
    to changes nothing, or the text just sent would be back as a draft. Raises `NotAllowed`.
    """
    may_write(conversation, by)
    text = storable(body, LONGEST_BODY)
    if not text.strip():
        drop_draft(conversation, by=by)
    elif client_key is None or not Reply.objects.filter(client_key=client_key).exists():
        with transaction.atomic():
            _keep(conversation, text, by, client_key or uuid.uuid4())
    return draft_of(conversation, by)


def give_back(
    conversation: Conversation,
    body: str,
    *,
    to: User,
    was: Reply | None = None,
    by_itself: bool = False,
) -> None:
    """Return the text of a reply that will not leave to its author, before what they typed since.

    `was` is that reply: what it was to correct, the draft corrects now. Scheduled, and here again
    `by_itself`: its author reads why with the text.
    Needs an open transaction.
    """
    draft = Draft.objects.select_for_update().filter(conversation=conversation, author=to).first()
    text = f"{body}\n\n{draft.body}" if draft and draft.body.strip() != body.strip() else body
    _keep(conversation, text, to, uuid.uuid4())
    if was is not None:
        Retraction.objects.filter(correcting_key=was.client_key).update(
            correcting_key=draft_of(conversation, to).client_key
        )
        if by_itself and was.go_at is not None:
            Draft.objects.filter(conversation=conversation, author=to).update(came_back=was)


def drop_draft(conversation: Conversation, *, by: User) -> None:
    """Throw the draft of `by` away; none there is success. Raises `NotAllowed`."""
    may_write(conversation, by)
    with transaction.atomic():
        dropped, _ = Draft.objects.filter(conversation=conversation, author=by).delete()
        if dropped:
            record(DraftDropped(by=by.pk, **place_of(conversation)))


def _keep(conversation: Conversation, text: str, by: User, fresh_key: uuid.UUID) -> None:
    # The key of a draft stays until a send with it was accepted; only a new draft gets one.
    known = Draft.objects.filter(conversation=conversation, author=by)
    if known.update(body=text, saved_at=Now()):
        return
    Draft.objects.bulk_create(
        [Draft(conversation=conversation, author=by, body=text, client_key=fresh_key)],
        update_conflicts=True,  # two first saves at once: the later one is kept
        unique_fields=["conversation", "author"],
        update_fields=["body"],
    )
    record(DraftStarted(by=by.pk, **place_of(conversation)))
