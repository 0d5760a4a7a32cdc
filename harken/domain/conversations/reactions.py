"""What conversations do when something happens to their contact."""

from __future__ import annotations

from django.db.models import Q

from harken.domain.contacts.events import ContactMarked, ContactUnmerged
from harken.domain.contacts.services_merge import CannotMergeContacts
from harken.domain.conversations.events import MarkShown
from harken.domain.conversations.models import Conversation, State
from harken.domain.conversations.models_set_aside import Merge
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


def refuse_to_split_a_case(event: ContactUnmerged) -> None:
    """A case is about one person: two people cannot have one. Raises `CannotMergeContacts`."""
    whose = {"merged__contact": event.contact, "leading__contact": event.contact}
    joined = Merge.objects.filter(undone_at=None)
    one_side = joined.filter(Q(merged__contact=event.contact) | Q(leading__contact=event.contact))
    if one_side.exclude(**whose).exists():
        raise CannotMergeContacts(
            "Conversations of the two are merged into one case. Un-merge those first."
        )
