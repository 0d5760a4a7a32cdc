"""What the network processes say about a channel; an event only where the state changes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from harken.domain.channels.events import (
    ChannelFailing,
    ChannelLost,
    ChannelRecovered,
    ChannelWaiting,
)
from harken.domain.channels.models import Channel, ChannelState
from harken.domain.journal.services import record
from harken.kit import clock

LONGEST_ERROR = 500  # characters kept of what a network said


def mark_heard(channel: Channel) -> None:
    """A read worked. Ends failing and a wait that is over; a lost or paused channel stays so.

    A wait still running was told to somebody else, a send for example: it goes on.
    """
    calm = Channel.objects.filter(state=ChannelState.CONNECTED, last_error="")
    moment = clock.now()
    # The everyday case, every poll of every channel, is this one statement.
    if calm.filter(pk=channel.pk, wait_until=None).update(last_heard_at=moment):
        return

    def heard(row: Channel) -> None:
        row.last_heard_at = moment
        if row.wait_until and row.wait_until <= moment:
            row.wait_until = None
        if row.state in {ChannelState.CONNECTED, ChannelState.FAILING}:
            row.last_error = ""
        if row.state == ChannelState.FAILING:
            _turn(row, ChannelState.CONNECTED)
            record(ChannelRecovered(channel=row.pk))

    _change(channel, heard)


def mark_failing(channel: Channel, error: str) -> None:
    """A call failed and will be tried again."""
    said = error[:LONGEST_ERROR]

    def failing(row: Channel) -> None:
        if row.state not in {ChannelState.CONNECTED, ChannelState.FAILING}:
            return
        row.last_error, row.wait_until = said, None
        if row.state == ChannelState.CONNECTED:
            _turn(row, ChannelState.FAILING)
            record(ChannelFailing(channel=row.pk, error=said))

    _change(channel, failing)


def mark_lost(channel: Channel, error: str) -> None:
    """The network ended the login: nothing is tried until a person connects again.

    `channel` is as it was before the call: a "no" to an old login says nothing about a new one.
    """
    said = error[:LONGEST_ERROR]

    def lost(row: Channel) -> None:
        if row.state_since != channel.state_since:
            return
        if row.state in {ChannelState.CONNECTED, ChannelState.FAILING}:
            row.last_error, row.wait_until = said, None
            _turn(row, ChannelState.NEEDS_LOGIN)
            record(ChannelLost(channel=row.pk, error=said))

    _change(channel, lost)


def mark_waiting(channel: Channel, until: datetime) -> None:
    """The network asked to wait until `until`; told once, shown until the next read works."""

    def waiting(row: Channel) -> None:
        told = row.wait_until is not None
        row.wait_until = until
        if not told:
            record(ChannelWaiting(channel=row.pk, until=until.isoformat()))

    _change(channel, waiting)


def _turn(row: Channel, state: ChannelState) -> None:
    row.state, row.state_since = state, clock.now()


def _change(channel: Channel, how: Callable[[Channel], None]) -> None:
    with transaction.atomic():
        row = Channel.objects.select_for_update().filter(pk=channel.pk).first()
        if row is None:  # removed while its network was being asked
            return
        how(row)
        row.save(
            update_fields=["state", "state_since", "last_heard_at", "last_error", "wait_until"]
        )
