"""Which language a conversation is held in."""

from __future__ import annotations

from django.db import transaction

from harken.domain.contacts.models import Contact
from harken.domain.conversations.events import LanguageChanged
from harken.domain.conversations.models import Conversation
from harken.domain.conversations.services.permission import may_change, teams_of
from harken.domain.journal.services import record
from harken.domain.people.models import User


def set_language(conversation: Conversation, language: str, *, by: User | None) -> Conversation:
    """Say which language it is in (an ISO 639-1 code); `by` None: software found out.

    A person's word is also the contact's language; software's only where none is known.
    """
    if by is not None:
        may_change(by)
    with transaction.atomic():
        locked = Conversation.objects.select_for_update(of=("self",)).get(pk=conversation.pk)
        people = Contact.objects.filter(pk=locked.contact_id)
        (people if by else people.filter(language="")).update(language=language)
        if locked.language != language:
            before, locked.language = locked.language, language
            locked.save(update_fields=["language"])
            record(
                LanguageChanged(
                    conversation=locked.pk,
                    channel=locked.channel_id,
                    by=by.pk if by else None,
                    teams=teams_of(locked),
                    language=language,
                    before=before,
                )
            )
        return locked
