"""Raising an escalation, or adding to the one that runs."""

from __future__ import annotations

from django.db import transaction

from harken.domain.conversations.models import Conversation
from harken.domain.conversations.services.permission import may_change, teams_of
from harken.domain.escalation.events import EscalationAddedTo, EscalationRaised
from harken.domain.escalation.models import Addition, Escalation, Kind, Level
from harken.domain.escalation.services.paging import moment, page, tell
from harken.domain.journal.services import record
from harken.domain.people.models import User
from harken.kit.refusals import Invalid
from harken.kit.text import storable

LONGEST = 1000  # characters of a reason


def escalate(
    conversation: Conversation, *, kind: str, reason: str, by: User | None = None, rule: str = ""
) -> Escalation:
    """Call for somebody who may decide more; the first level is paged at once.

    `kind` is one of `Kind`. `by` is the person who calls; without one, `rule` names the rule. One
    escalation of a kind is open in a conversation: a second call adds its reason to that one.
    Raises `NotAllowed` for people who only look on, `Invalid` for an unknown kind or no reason.
    """
    said = _checked(kind, reason, by, rule)
    with transaction.atomic():
        # Not for change of the key: whoever writes a notification about it need not wait.
        locked = Conversation.objects.select_for_update(of=("self",), no_key=True)
        conversation = locked.select_related("team").get(pk=conversation.pk)
        open_ones = Escalation.objects.select_for_update(of=("self",), no_key=True)
        found = open_ones.filter(conversation=conversation, kind=kind, ended_at=None).first()
        if found is not None:
            found.conversation = conversation
            return _added(found, said, by, rule)
        return _raised(conversation, kind, said, by, rule)


def _checked(kind: str, reason: str, by: User | None, rule: str) -> str:
    if by is not None:
        may_change(by)
    if kind not in Kind.values:
        raise Invalid("Choose what it is: a threat, an opportunity, or a decision.")
    said = storable(reason.strip(), LONGEST)
    if not said:
        raise Invalid("Say in a sentence why somebody else is needed; they read it first.")
    if by is None and not rule:
        raise ValueError("an escalation is raised by a person or by a rule")
    return said


def _raised(
    conversation: Conversation, kind: str, reason: str, by: User | None, rule: str
) -> Escalation:
    now = moment()
    made = Escalation.objects.create(
        conversation=conversation,
        kind=kind,
        reason=reason,
        raised_by=by,
        rule="" if by else rule[:80],
        raised_at=now,
    )
    record(
        EscalationRaised(
            conversation=conversation.pk,
            channel=conversation.channel_id,
            by=by.pk if by else None,
            teams=teams_of(conversation),
            escalation=made.pk,
            what=kind,
        )
    )
    page(made, Level.LEAD, now)
    return made


def _added(found: Escalation, reason: str, by: User | None, rule: str) -> Escalation:
    Addition.objects.create(
        escalation=found, reason=reason, added_by=by, rule="" if by else rule[:80]
    )
    conversation = found.conversation
    record(
        EscalationAddedTo(
            conversation=conversation.pk,
            channel=conversation.channel_id,
            by=by.pk if by else None,
            teams=teams_of(conversation),
            escalation=found.pk,
            what=found.kind,
        )
    )
    tell(found, f"{found.get_kind_display()}: {by or f'the rule “{rule}”'} saw it too.", by=by)
    return found
