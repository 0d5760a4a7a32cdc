"""Reading every channel for as long as the process lives: read, store, look again, wait."""

from __future__ import annotations

import logging
import threading
from collections import deque
from datetime import timedelta

from django.db import InterfaceError, OperationalError

from harken.domain.channels.listening import Listeners, Pulse
from harken.domain.channels.models import Channel, ChannelState, Cursor
from harken.domain.channels.registry import connector_for
from harken.domain.channels.services.mark import (
    mark_failing,
    mark_heard,
    mark_lost,
    mark_waiting,
)
from harken.domain.conversations.followed import Rounds
from harken.domain.conversations.services.receive import receive, receive_raw
from harken.kit import clock
from harken.kit.connector import (
    Connector,
    ConnectorError,
    Followed,
    Inbound,
    Page,
    RateLimited,
    SessionLost,
    Unreadable,
)

log = logging.getLogger(__name__)

RECHECK = 10.0  # seconds between two rounds of looks at followed trees
TREES = 10  # in one call of the connector
RECHECK_TURN = 0.5  # seconds of a turn for it: whoever calls us now must not wait for the past
IDLE = 1.0  # seconds between two looks at a channel that cannot be read now
FIRST_WAIT, LONGEST_WAIT = 1.0, 30.0  # seconds between tries at a failing network
LOST_DATABASE = (OperationalError, InterfaceError)


def run(stop: threading.Event) -> None:
    """Listen to every channel until `stop` is set; returns at most 2 s after that."""
    Listeners(listen_to).run(stop)


def listen_to(channel_id: int, pulse: Pulse) -> None:
    """Read one channel until `pulse.stopping`. Raises what the database raises when it is lost."""
    reader = Reader()
    while not pulse.stopping:
        channel = Channel.objects.filter(pk=channel_id).first()
        if channel is None:
            return
        pulse.wait(reader.turn(channel, pulse))


class Reader:
    """Reads one channel, a turn at a time; keeps its connector while nothing changes."""

    def __init__(self) -> None:
        self._connector: Connector | None = None
        self._made_for: object = None
        self._failures = 0
        self._rounds = Rounds()
        self._trees: deque[Followed] = deque()  # of the round under way, not looked at yet
        self._recheck_at = 0.0

    def turn(self, channel: Channel, pulse: Pulse) -> float:
        """Read once what there is; the seconds to wait before the next turn."""
        if channel.state in {ChannelState.NEEDS_LOGIN, ChannelState.PAUSED}:
            return IDLE
        if channel.wait_until and channel.wait_until > clock.now():
            return min(IDLE, (channel.wait_until - clock.now()).total_seconds())
        try:
            return self._read(channel, pulse)
        except LOST_DATABASE:
            raise
        except RateLimited as error:
            seconds = error.retry_after or self._back_off()
            mark_waiting(channel, clock.now() + timedelta(seconds=seconds))
            return min(IDLE, seconds)
        except SessionLost as error:
            mark_lost(channel, str(error))
            return IDLE
        except ConnectorError as error:
            mark_failing(channel, str(error))
        except Exception as error:  # a fault of ours must not take the other channels along
            log.exception("channel %s: reading broke", channel.pk)
            mark_failing(channel, f"{type(error).__name__}: {error}")
        return self._back_off()

    def _read(self, channel: Channel, pulse: Pulse) -> float:
        begin = clock.monotonic()
        connector = self._connector_of(channel)
        pulse.interval = connector.capabilities.poll_seconds
        cursor = Cursor.objects.filter(channel=channel, stream="main").first()
        read_from = (cursor.value if cursor else "") or None
        page = connector.read(read_from)
        pulse.beat()
        _store(channel, page, connector, read_from)
        mark_heard(channel)
        self._failures = 0
        if page.more:
            return 0.0
        self._recheck(channel, connector)
        return max(pulse.interval / 4, pulse.interval - (clock.monotonic() - begin))

    def _recheck(self, channel: Channel, connector: Connector) -> None:
        """Look at some followed trees again; the rest of their round waits for the next turns."""
        begin = clock.monotonic()
        if not self._trees and begin >= self._recheck_at:
            self._recheck_at = begin + RECHECK
            most = connector.capabilities.recheck_trees
            self._trees.extend(self._rounds.next(channel, most))
        while self._trees and clock.monotonic() - begin < RECHECK_TURN:
            some = [self._trees.popleft() for _ in range(min(TREES, len(self._trees)))]
            try:
                found = connector.recheck(some)
            except (RateLimited, SessionLost):
                raise
            except ConnectorError as error:
                # The stream itself works; the same trees come up again in a later round.
                log.warning("channel %s: followed trees could not be read: %s", channel.pk, error)
            else:
                _store_apart(channel, found, connector)

    def _connector_of(self, channel: Channel) -> Connector:
        key = (channel.state_since, channel.handle, channel.service, *channel.listen_for)
        if self._connector is None or key != self._made_for:
            self._connector, self._made_for = connector_for(channel), key
        return self._connector

    def _back_off(self) -> float:
        self._failures += 1
        return min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** min(self._failures - 1, 10))


def _store(channel: Channel, page: Page, connector: Connector, read_from: str | None) -> None:
    try:
        received = receive(channel, page, connector.parse, read_from=read_from)
    except LOST_DATABASE:
        raise
    except Exception:
        log.exception("channel %s: a page was refused; its items are taken singly", channel.pk)
        _store_singly(channel, page.items, connector)
        received = receive(channel, Page((), page.cursor), connector.parse, read_from=read_from)
    if not received.moved:
        log.info("channel %s: another listener stored this page first", channel.pk)


def _store_apart(channel: Channel, items: tuple[bytes, ...], connector: Connector) -> None:
    if not items:
        return
    try:
        receive_raw(channel, items, connector.parse)
    except LOST_DATABASE:
        raise
    except Exception:
        log.exception("channel %s: re-read items were refused; taken singly", channel.pk)
        _store_singly(channel, items, connector)


def _store_singly(channel: Channel, items: tuple[bytes, ...], connector: Connector) -> None:
    """Store what can be stored and put the rest into quarantine: one item must not stop all."""
    for raw in items:
        try:
            receive_raw(channel, [raw], connector.parse)
        except LOST_DATABASE:
            raise
        except Exception as error:
            reason = f"{type(error).__name__}: {error}"

            def refuse(_: bytes, reason: str = reason) -> list[Inbound]:
                raise Unreadable(reason)

            receive_raw(channel, [raw], refuse)
