"""What becomes of an item nobody could read."""

from __future__ import annotations

from django.db import transaction

from harken.domain.channels.events import QuarantineSettled
from harken.domain.channels.models import Quarantined, QuarantineState
from harken.domain.channels.services.permission import need_manager
from harken.domain.journal.services import record
from harken.domain.people.models import User
from harken.kit import clock
from harken.kit.refusals import Refusal


class SettledAlready(Refusal):
    """Somebody else was faster."""


def discard(item: Quarantined, *, by: User) -> Quarantined:
    """Put the item aside for good; its bytes are kept. Raises `NotAllowed`, `SettledAlready`."""
    return settle(item, QuarantineState.DISCARDED, by=by)


def settle(item: Quarantined, outcome: QuarantineState, *, by: User) -> Quarantined:
    """Write down what became of a held item. Raises `NotAllowed`, `SettledAlready`."""
    need_manager(by)
    with transaction.atomic():
        row = Quarantined.objects.select_for_update().get(pk=item.pk)
        if row.state != QuarantineState.HELD:
            raise SettledAlready("Somebody has settled this item already. Reload the page.")
        row.state, row.settled_at = outcome, clock.now()
        row.save(update_fields=["state", "settled_at"])
        record(
            QuarantineSettled(channel=row.channel_id, by=by.pk, item=row.pk, outcome=str(outcome))
        )
    return row
