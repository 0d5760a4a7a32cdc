"""Taking an escalation, deciding it, withdrawing it."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from harken.domain.conversations.models import Conversation
from harken.domain.conversations.services.permission import teams_of
from harken.domain.escalation.events import (
    EscalationAcknowledged,
    EscalationDecided,
    EscalationWithdrawn,
)
from harken.domain.escalation.models import Acknowledgement, Ending, Escalation
from harken.domain.escalation.queries import may_acknowledge, may_withdraw
from harken.domain.escalation.services.paging import moment
from harken.domain.journal.services import record
from harken.domain.people.models import User
from harken.kit.refusals import Invalid, NotAllowed, Refusal
from harken.kit.text import storable

LONGEST = 2000  # characters of a decision


class AlreadyAcknowledged(Refusal):
    """Somebody else has it already."""


class Ended(Refusal):
    """It was decided or withdrawn before."""


def acknowledge(escalation: Escalation, *, by: User) -> Escalation:
    """`by` has it now and nobody else is paged; said twice by the same person it is said once.

    For who was paged, and for everybody of the level paged last or above who may see the
    conversation. Raises `NotAllowed`, `AlreadyAcknowledged` by a colleague, `Ended`.
    """
    with transaction.atomic():
        found = _locked(escalation, by)
        taken = Acknowledgement.objects.filter(escalation=found).select_related("by").first()
        if taken is None:
            _acknowledged(found, by)
        elif taken.by_id != by.pk:
            raise AlreadyAcknowledged(f"{taken.by} has it already. Write them a note.")
        return found


def decide(escalation: Escalation, *, decision: str, by: User) -> Escalation:
    """End it with what is to be done; whoever decides what nobody acknowledged, acknowledges it.

    For the same people as `acknowledge`. Raises `NotAllowed`, `Ended`, `Invalid` without words.
    """
    said = storable(decision.strip(), LONGEST)
    if not said:
        raise Invalid("Write what is to be done; your colleagues act on it.")
    with transaction.atomic():
        found = _locked(escalation, by)
        if not Acknowledgement.objects.filter(escalation=found).exists():
            _acknowledged(found, by)
        found.decision = said
        _end(found, Ending.DECIDED, by)
        record(EscalationDecided(**_place(found, by)))
        return found


def withdraw(escalation: Escalation, *, by: User) -> Escalation:
    """It was not needed. For who raised it and for those who may decide it.

    Raises `NotAllowed`, `Ended`.
    """
    with transaction.atomic():
        found = _locked(escalation)
        if not may_withdraw(by, found):
            raise NotAllowed("Only who escalated it, or who may decide it, can withdraw it.")
        _end(found, Ending.WITHDRAWN, by)
        record(EscalationWithdrawn(**_place(found, by)))
        return found


def _locked(escalation: Escalation, by: User | None = None) -> Escalation:
    """Both rows, the conversation's first; open, and `by` (if given) may acknowledge it."""
    conversations = Conversation.objects.select_for_update(of=("self",), no_key=True)
    conversation = conversations.select_related("team").get(pk=escalation.conversation_id)
    mine = Escalation.objects.select_for_update(of=("self",), no_key=True)
    found = mine.select_related("raised_by", "ended_by").get(pk=escalation.pk)
    found.conversation = conversation
    if by is not None and not may_acknowledge(by, found):
        raise NotAllowed("This needs somebody who was paged, or somebody of that level.")
    if not found.is_open:
        raise Ended(f"{found.ended_by} ended it already: {found.get_ended_how_display().lower()}.")
    return found


def _acknowledged(found: Escalation, by: User) -> None:
    step = found.steps.latest("number")  # raising pages at once, so there is one
    Acknowledgement.objects.create(escalation=found, step=step, by=by, at=moment())
    found.next_at = None
    found.save(update_fields=["next_at"])
    record(EscalationAcknowledged(**_place(found, by)))


def _end(found: Escalation, how: Ending, by: User) -> None:
    found.ended_at, found.ended_by, found.ended_how, found.next_at = moment(), by, how, None
    found.save(update_fields=["ended_at", "ended_by", "ended_how", "next_at", "decision"])


def _place(found: Escalation, by: User) -> dict[str, Any]:
    """Where and by whom: what every event of this module says."""
    return {
        "conversation": found.conversation_id,
        "channel": found.conversation.channel_id,
        "by": by.pk,
        "teams": teams_of(found.conversation),
        "escalation": found.pk,
    }
