"""What conversations do when something happens to their contact."""

from __future__ import annotations

from harken.domain.contacts.events import ContactMarked
from harken.domain.conversations.events import MarkShown
from harken.domain.conversations.models import Conversation, State
from harken.domain.conversations.services.permission import teams_of
from harken.domain.journal.services import record_all


def show_the_mark(event: ContactMarked) -> None:
    """Tell whoever may see an open conversation of the contact; its promise is reconsidered."""
    found = Conversation.objects.filter(contact=event.contact, state=State.OPEN)
    record_all(
        MarkShown(
            conversation=each.pk,
            channel=each.channel_id,
            by=event.by,
            teams=teams_of(each),
            contact=event.contact,
        )
        for each in found.select_for_update(of=("self",)).order_by("pk")
    )
