"""What can happen to a channel. Each is recorded only when it changes something."""

from __future__ import annotations

from dataclasses import dataclass

from harken.domain.journal.services import Happened


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelConnected(Happened):
    """A person connected an account for the first time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelReconnected(Happened):
    """A person gave the account a new login."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelLost(Happened):
    """The network ended the login for good; answers wait until a person connects again."""

    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelFailing(Happened):
    """The network does not answer as it should; we keep trying."""

    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelRecovered(Happened):
    """A failing network answers again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelWaiting(Happened):
    """The network asked us to wait until `until` (ISO 8601, UTC)."""

    until: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelPaused(Happened):
    """A person stopped listening and sending on a channel."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelResumed(Happened):
    """A person let a paused channel go on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelTuned(Happened):
    """A person changed what a channel listens for or how long an answer can be taken back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarantineSettled(Happened):
    """A person had a quarantined item read again or discarded."""

    item: int
    outcome: str
