"""Brings mentions that were asked for into the inbox; part of the worker process.

A worker claims one for a while, looks the post up through the channel that will answer, and lets
that channel receive it as any other post. Killed in between, the claim runs out and the next looks
again: the channel stores each post once, so it stays one conversation.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

from django.db import transaction

from harken.domain.channels.models import Channel
from harken.domain.channels.registry import connector_for
from harken.domain.journal.rounds import look_until
from harken.domain.listening.models_mentions import Taking
from harken.domain.listening.services.arrive import arrive, give_up, postpone
from harken.kit import clock
from harken.kit.connector import Connector, ConnectorError, RateLimited, SessionLost
from harken.kit.look_up import LooksUp

LOOK = 0.3  # seconds between two looks when nothing was asked for
CLAIM = timedelta(seconds=40)  # longer than any look-up takes
FIRST_WAIT, LONGEST_WAIT = 2.0, 120.0  # seconds between two tries
PATIENCE = timedelta(minutes=30)  # from asking until it is given up
NOT_SHOWN = "The network does not show this post to our account."

MakeConnector = Callable[[Channel], Connector]


def run(stop: threading.Event) -> None:
    """Take until `stop` is set; closes the database connection of the calling thread."""
    look_until(stop, lambda: 0.0 if turn() else LOOK, "the taking of mentions")


def turn(make: MakeConnector = connector_for) -> bool:
    """Take the one that is due longest; whether there was one."""
    taking = _claim()
    if taking is not None:
        _take(taking, make)
    return taking is not None


@transaction.atomic
def _claim() -> Taking | None:
    now = clock.now()
    due = Taking.objects.filter(next_at__lte=now).order_by("next_at", "pk")
    rows = due.select_related("mention", "channel")
    taking = rows.select_for_update(skip_locked=True, of=("self",)).first()
    if taking is not None:
        Taking.objects.filter(pk=taking.pk).update(next_at=now + CLAIM)
    return taking


def _take(taking: Taking, make: MakeConnector) -> None:
    try:
        connector = make(taking.channel)
        if not isinstance(connector, LooksUp):
            raise ConnectorError("This network cannot look up posts.", permanent=True)
        raw = connector.look_up(taking.mention.uri)
    except ConnectorError as error:
        _failed(taking, error)
        return
    if raw is None:
        give_up(taking, NOT_SHOWN)
        return
    arrive(taking, raw, connector.parse)


def _failed(taking: Taking, error: ConnectorError) -> None:
    wait = max(min(LONGEST_WAIT, FIRST_WAIT * 2.0**taking.tries), error.retry_after or 0.0)
    next_at = clock.now() + timedelta(seconds=wait)
    if isinstance(error, SessionLost):
        give_up(taking, f"The login of {taking.channel} has ended. Connect it again, then retry.")
    elif error.permanent or next_at > taking.asked_at + PATIENCE:
        give_up(taking, str(error))
    else:
        postpone(taking, next_at, str(error), everybody=isinstance(error, RateLimited))
