"""When a follow-up is due soon, and when its time is over: people hear of it, the list shows it."""

from __future__ import annotations

from django.db import transaction
from django.db.models.functions import Now

from harken.domain.conversations.models import Conversation
from harken.domain.conversations.services.surface import bring_back
from harken.domain.followups.events import FollowUpBroken, FollowUpReminded
from harken.domain.followups.models import STILL_OPEN, FollowUp
from harken.domain.journal.services import record
from harken.domain.notifications.services.tell import notify
from harken.domain.people.models import Role, User
from harken.domain.replies.services.permission import place_of
from harken.kit import clock

AT_ONCE = 100  # follow-ups looked at in one round


def remind_ripe() -> int:
    """Look at those whose moment has come, each in its own transaction; how many were told."""
    ripe = FollowUp.objects.filter(next_at__lte=Now()).order_by("next_at", "pk")
    found = list(ripe.values_list("pk", "conversation_id")[:AT_ONCE])
    return sum(_tell(pk, conversation) for pk, conversation in found)


@transaction.atomic
def _tell(pk: int, conversation: int) -> bool:
    """The conversation first, as everywhere; one somebody holds is told at the next look."""
    rows = Conversation.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
    held = rows.filter(pk=conversation).first()
    if held is None:
        return False
    due = FollowUp.objects.select_for_update(of=("self",), skip_locked=True)
    found = due.filter(STILL_OPEN, pk=pk, next_at__lte=Now()).first()
    if found is None:
        return False
    found.conversation = held
    bring_back(held)
    if found.due_at <= clock.now():
        _break(found)
    else:
        _remind(found)
    return True


def _remind(followup: FollowUp) -> None:
    followup.reminded_at, followup.next_at = clock.now(), followup.due_at
    followup.save(update_fields=["reminded_at", "next_at"])
    place, person = place_of(followup.conversation), followup.promised_by
    record(FollowUpReminded(followup=followup.pk, person=person.pk, **place))
    text = "What you promised is due soon"
    notify("followup", to=_whose(followup), text=text, conversation=followup.conversation)


def _break(followup: FollowUp) -> None:
    followup.broken_at, followup.next_at = followup.due_at, None
    followup.save(update_fields=["broken_at", "next_at"])
    place, person = place_of(followup.conversation), followup.promised_by
    record(FollowUpBroken(followup=followup.pk, person=person.pk, **place))
    whose = _whose(followup)
    notify(
        "followup",
        to=whose,
        text="The time for what you promised is over",
        conversation=followup.conversation,
    )
    notify(
        "followup",
        to=[lead for lead in _leads(followup) if lead not in whose],
        text=f"{person} promised something, and the time is over",
        conversation=followup.conversation,
    )


def _whose(followup: FollowUp) -> list[User]:
    """Who promised it; once they are gone whoever has the conversation."""
    people = (followup.promised_by, followup.conversation.assignee)
    return [each for each in people if each is not None and each.is_active][:1]


def _leads(followup: FollowUp) -> list[User]:
    team = followup.conversation.team_id
    leads = User.objects.filter(role=Role.LEAD, is_active=True, teams=team) if team else []
    return list(leads)
