"""The open lines to the networks: the channels that may be used now, and their connectors."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from harken.domain.channels.models import Channel, ChannelState
from harken.kit.connector import Connector

log = logging.getLogger(__name__)
ConnectorFor = Callable[[Channel], Connector]


@dataclass(frozen=True, slots=True)
class Line:
    """A channel that may be used, and the seconds its network may apply a timed-out request."""

    channel_id: int
    settle: float


class _Made(threading.local):
    """One thread's connectors by channel, each with what it was made from."""

    def __init__(self) -> None:
        self.of: dict[int, tuple[tuple[str, datetime], Connector]] = {}


class Lines:
    """Makes connectors: one for each thread and channel, because none promises to be shared."""

    def __init__(self, connector_for: ConnectorFor, settle: float | None) -> None:
        self._connector_for = connector_for
        self._settle = settle
        self._made = _Made()
        self._broken: set[int] = set()

    def usable(self) -> list[Line]:
        """The channels that are neither paused nor lost and whose connector can be made."""
        states = [ChannelState.CONNECTED, ChannelState.FAILING]
        found = []
        for channel in Channel.objects.filter(state__in=states):
            try:
                connector = self.to(channel)
            except Exception:
                self._say_broken(channel)
            else:
                settle = self._settle or connector.capabilities.settle_seconds
                found.append(Line(channel.pk, settle))
        return found

    def to(self, channel: Channel) -> Connector:
        """This thread's connector of the channel; a new one after every reconnect."""
        version = (channel.service, channel.state_since)
        known = self._made.of.get(channel.pk)
        if known is None or known[0] != version:
            known = self._made.of[channel.pk] = (version, self._connector_for(channel))
        return known[1]

    def hang_up(self, channel: Channel) -> None:
        """Forget this thread's connector, whose login is lost."""
        self._made.of.pop(channel.pk, None)

    def _say_broken(self, channel: Channel) -> None:
        if channel.pk not in self._broken:  # said once, not five times a second
            self._broken.add(channel.pk)
            log.exception("%s has no connector; its answers wait", channel)
