"""How much a conversation matters beside others."""

from __future__ import annotations

from django.db import transaction

from harken.domain.conversations.events import PriorityChanged
from harken.domain.conversations.models import Conversation, Priority
from harken.domain.conversations.services.permission import may_change, teams_of
from harken.domain.journal.services import record
from harken.domain.people.models import User
from harken.kit.refusals import Invalid


def set_priority(
    conversation: Conversation, priority: str, *, by: User | None, rule: int | None = None
) -> Conversation:
    """Say one of `Priority`; another promise may apply then.

    `by` is nobody when the rule with the id `rule` did it. Raises `NotAllowed`, `Invalid`.
    """
    if by is not None:
        may_change(by)
    if priority not in Priority.values:
        raise Invalid("There is no such priority: choose low, normal, high or urgent.")
    with transaction.atomic():
        locked = Conversation.objects.select_for_update(of=("self",)).get(pk=conversation.pk)
        before = locked.priority
        if before != priority:
            locked.priority = priority
            locked.save(update_fields=["priority"])
            record(
                PriorityChanged(
                    conversation=locked.pk,
                    channel=locked.channel_id,
                    by=by.pk if by else None,
                    teams=teams_of(locked),
                    priority=priority,
                    before=before,
                    rule=rule,
                )
            )
            locked.refresh_from_db()
        return locked
