"""Which networks there are, and the connector of a channel. A new network is a new folder only."""

from __future__ import annotations

import importlib
import importlib.util
import logging
import pkgutil
from collections.abc import Mapping
from functools import lru_cache

from harken import connectors
from harken.domain.channels.credentials import GivenSecrets, StoredSecrets
from harken.domain.channels.models import Channel
from harken.kit.connector import Account, Connector, Secrets

log = logging.getLogger(__name__)


@lru_cache(maxsize=1)
def connector_classes() -> Mapping[str, type[Connector]]:
    """Every connector class by its network, from `harken.connectors.<network>.connector`.

    A network whose code cannot be imported is logged and missing; the others go on. A folder
    without that module is only listened to (`kit.source`).
    """
    found: dict[str, type[Connector]] = {}
    for package in pkgutil.iter_modules(connectors.__path__, f"{connectors.__name__}."):
        if package.ispkg and importlib.util.find_spec(f"{package.name}.connector") is not None:
            try:
                found |= {made.network: made for made in _classes_in(f"{package.name}.connector")}
            except Exception:
                log.exception("the connector in %s cannot be imported", package.name)
    return found


def _classes_in(module_name: str) -> list[type[Connector]]:
    module = importlib.import_module(module_name)
    return [
        thing
        for thing in vars(module).values()
        if isinstance(thing, type)
        and thing.__module__ == module_name
        and isinstance(getattr(thing, "network", None), str)
    ]


def connector_for(channel: Channel) -> Connector:
    """A connector that can log in. Only for processes that talk to networks: it may decrypt."""
    return _made(channel, StoredSecrets(channel.pk))


def pure_connector(channel: Channel) -> Connector:
    """A connector without a login, for `length`, `preview` and `capabilities` on pages."""
    return _made(channel, GivenSecrets({}))


def account_of(channel: Channel) -> Account:
    """The channel's account as the port describes it."""
    return Account(
        external_id=channel.external_id,
        handle=channel.handle,
        service=channel.service,
        listen_for=tuple(channel.listen_for),
    )


def _made(channel: Channel, secrets: Secrets) -> Connector:
    # A network whose connector was taken out of the house must not be mistaken for a silent one.
    return connector_classes()[channel.network](account_of(channel), secrets)
