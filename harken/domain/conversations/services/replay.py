"""Reading a quarantined item again, after its connector was mended."""

from __future__ import annotations

from django.db import transaction

from harken.domain.channels.models import Quarantined, QuarantineState
from harken.domain.channels.registry import pure_connector
from harken.domain.channels.services.settle_quarantine import settle
from harken.domain.conversations.services.receive import Received, receive_raw
from harken.domain.people.models import User
from harken.kit.refusals import Refusal


class StillUnreadable(Refusal):
    """The connector cannot make sense of it yet."""


def replay(item: Quarantined, *, by: User) -> Received:
    """Store what the item says and settle it, in one transaction.

    Raises `NotAllowed`, `SettledAlready`, `StillUnreadable`; then the item stays held.
    """
    channel = item.channel
    with transaction.atomic():
        settle(item, QuarantineState.REPLAYED, by=by)
        received = receive_raw(channel, [bytes(item.raw)], pure_connector(channel).parse)
        if received.quarantined:
            raise StillUnreadable(
                "Harken still cannot read this item. It stays here: update Harken and try "
                "again, or discard it."
            )
    return received
