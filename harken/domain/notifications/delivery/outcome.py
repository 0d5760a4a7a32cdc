"""What became of a letter, and when to try again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction

from harken.domain.notifications.delivery.letter import Letter
from harken.domain.notifications.models import Delivery, DeliveryState, PushSubscription
from harken.kit import clock
from harken.kit.text import storable

#: Seconds before each further try; after the last one we give up.
WAITS = (5, 15, 60, 300, 900, 3600, 3 * 3600)


@dataclass(frozen=True, slots=True)
class Outcome:
    """`again`: it may work later. `gone`: the address is dead and goes with its deliveries."""

    letter: Letter
    error: str = ""
    again: bool = False
    gone: bool = False


@transaction.atomic
def settle(outcome: Outcome) -> None:
    """Write down what became of the letter; a late outcome of a repeated try does no harm."""
    letter, now = outcome.letter, clock.now()
    rows = Delivery.objects.filter(pk__in=letter.deliveries, state=DeliveryState.PENDING)
    error = storable(outcome.error, 300)
    if outcome.gone:
        PushSubscription.objects.filter(endpoint=letter.address).delete()
    elif not outcome.error:
        rows.update(state=DeliveryState.SENT, sent_at=now, error="")
    elif not outcome.again:
        rows.update(state=DeliveryState.REFUSED, error=error)
    elif letter.attempt > len(WAITS):
        rows.update(state=DeliveryState.GAVE_UP, error=error)
    else:
        wait = timedelta(seconds=WAITS[letter.attempt - 1])
        rows.update(next_at=now + wait, error=error)
