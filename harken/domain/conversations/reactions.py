"""What conversations and topics do when a contact is marked, or somebody leaves a team."""

from __future__ import annotations

from django.db.models import Q

from harken.domain.contacts.events import ContactMarked, ContactUnmerged
from harken.domain.contacts.services_merge import CannotMergeContacts
from harken.domain.conversations.events import MarkShown
from harken.domain.conversations.models import Conversation, State
from harken.domain.conversations.models_set_aside import Merge
from harken.domain.conversations.services.assign import give_back
from harken.domain.conversations.services.permission import teams_of
from harken.domain.conversations.services.topic_tree import clear_owners
from harken.domain.journal.services import record_all
from harken.domain.people.events import MembershipChanged
from harken.domain.people.models import Team, User


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


def free_what_they_had(event: MembershipChanged) -> None:
    """Who left a team has nothing of it any more and owns none of its topics.

    Who sees every team keeps both.
    """
    user = User.objects.get(pk=event.user)
    if event.joined or user.sees_all:
        return
    by = User.objects.filter(pk=event.by or 0).first()
    theirs = Conversation.objects.filter(assignee=user, team=event.team, state=State.OPEN)
    give_back(list(theirs.select_for_update(of=("self",)).order_by("pk")), by=by)
    clear_owners(user, Team.objects.get(pk=event.team), by=by)


def refuse_to_split_a_case(event: ContactUnmerged) -> None:
    """A case is about one person: two people cannot have one. Raises `CannotMergeContacts`."""
    whose = {"merged__contact": event.contact, "leading__contact": event.contact}
    joined = Merge.objects.filter(undone_at=None)
    one_side = joined.filter(Q(merged__contact=event.contact) | Q(leading__contact=event.contact))
    if one_side.exclude(**whose).exists():
        raise CannotMergeContacts(
            "Conversations of the two are merged into one case. Un-merge those first."
        )
