"""What conversations and topics do when somebody leaves a team."""

from __future__ import annotations

from harken.domain.conversations.models import Conversation, State
from harken.domain.conversations.services.assign import give_back
from harken.domain.conversations.services.topic_tree import clear_owners
from harken.domain.people.events import MembershipChanged
from harken.domain.people.models import Team, User


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
