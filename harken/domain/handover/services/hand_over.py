"""Making a link to a private talk, for a person to put into a public answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import transaction

from harken.domain.conversations.models import Conversation
from harken.domain.handover.links import address_of, fingerprint, new_token, new_word, tokens_in
from harken.domain.handover.models import HandOver
from harken.domain.handover.wording import acknowledgement
from harken.domain.people.models import User
from harken.domain.replies.queries import draft_of
from harken.domain.replies.services.draft import save_draft
from harken.domain.replies.services.permission import may_write
from harken.kit import clock
from harken.kit.refusals import Refusal


class NoPortal(Refusal):
    """Customers have no page of ours to come to."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A link that is not public yet: it stands in the draft of who asked for it."""

    hand_over: HandOver
    link: str


def hand_over(conversation: Conversation, *, by: User) -> Prepared:
    """Put a public acknowledgement with a fresh link into the draft of `by`; nothing leaves.

    They change it as they like and send it as every answer. What they had written stays before it.
    Raises `NotAllowed`, `NoPortal`.
    """
    may_write(conversation, by)
    token = new_token()
    link = address_of(token)
    if not link:
        raise NoPortal(
            "Customers have no private page yet. Somebody who runs Harken sets HARKEN_PORTAL_URL."
        )
    with transaction.atomic():
        made = HandOver.objects.create(
            conversation=conversation,
            made_by=by,
            token_sha256=fingerprint(token),
            word=new_word(),
            expires_at=clock.now() + timedelta(hours=settings.PORTAL_LINK_HOURS),
        )
        save_draft(conversation, body=_text(conversation, link, by), by=by)
    return Prepared(made, link)


def _text(conversation: Conversation, link: str, by: User) -> str:
    """The draft with one link: an older one in it gives way, and the own words stay."""
    begun = draft_of(conversation, by).body.rstrip()
    old = [address_of(token) for token in tokens_in(begun)]
    if old:
        return begun.replace(old[0], link)
    sentence = acknowledgement(
        conversation.language, "" if begun else conversation.contact.name_to_use, link
    )
    return f"{begun}\n{sentence}" if begun else sentence
