"""Who may be asked for the authors of a network: its sources' doors, our accounts, and for what
`harken gather` put into the stream, which is no source here, the AppView that a setting names."""

from __future__ import annotations

from functools import lru_cache

import msgspec

from harken.config.settings import get_settings
from harken.config.streams import has_stream
from harken.kit.authors import NamesAuthors

CACHED = 32  # doors


def who_knows(network: str) -> list[NamesAuthors]:
    """The doors of the sources that are listened to, and the channels that can answer now."""
    from harken.domain.channels.sources import source_kinds
    from harken.domain.listening.models_sources import ListeningSource

    kinds = [each.kind for each in source_kinds().values() if each.network == network]
    rows = ListeningSource.objects.filter(kind__in=kinds, retired_at=None, is_on=True)
    doors = [_door(row.kind, msgspec.json.encode(row.settings)) for row in rows.order_by("pk")]
    open_ones = list(dict.fromkeys(each for each in doors if each is not None))
    # Whoever listens to a server of their own may not want its people asked for elsewhere.
    gathered = [] if doors else _gathered(network)
    return [*open_ones, *_accounts(network), *gathered]


def _gathered(network: str) -> list[NamesAuthors]:
    """Who knows those of a firehose that is gathered for the stream; nobody where there is none."""
    from harken.connectors.jetstream.parse import NETWORK

    address = get_settings().gather_appview
    return [_appview(address)] if network == NETWORK and address and has_stream() else []


@lru_cache(maxsize=CACHED)
def _appview(address: str) -> NamesAuthors:
    from harken.connectors.jetstream.authors import AppView

    return AppView(address)


@lru_cache(maxsize=CACHED)
def _door(kind: str, settings: bytes) -> NamesAuthors | None:
    from harken.domain.channels.sources import source_kinds

    made = source_kinds()[kind].authors
    return made(msgspec.json.decode(settings)) if made else None


def _accounts(network: str) -> list[NamesAuthors]:
    from harken.domain.channels.models import Channel, ChannelState
    from harken.domain.channels.registry import connector_for

    not_now = (ChannelState.NEEDS_LOGIN, ChannelState.PAUSED)
    channels = Channel.objects.filter(network=network).exclude(state__in=not_now).order_by("pk")
    made = map(connector_for, channels)
    return [each for each in made if isinstance(each, NamesAuthors)]
