"""The encrypted login of a channel, as a connector sees it (`harken.kit.connector.Secrets`)."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction

from harken.domain.channels.models import Credential
from harken.kit import clock

log = logging.getLogger(__name__)
TICK = timedelta(microseconds=1)


class StoredSecrets:
    """The stored login of one channel. Every `load` decrypts, so only network processes use it.

    `saved_at` is the version: a save built on older values than the stored ones changes nothing,
    because another process has refreshed the login, or a person has given a new one.
    """

    def __init__(self, channel_id: int) -> None:
        self._channel_id = channel_id
        self._version: datetime | None = None

    def load(self) -> dict[str, str]:
        """The secret values; empty when the channel has no login (any more)."""
        row = Credential.objects.filter(channel_id=self._channel_id).first()
        self._version = row.saved_at if row else None
        return _unpack(row.secret) if row else {}

    def save(self, values: Mapping[str, str]) -> None:
        """Replace the values; committed when it returns. Raises `RuntimeError` in a transaction."""
        with transaction.atomic(durable=True):
            row = Credential.objects.select_for_update().filter(channel_id=self._channel_id).first()
            if row is None or row.saved_at != self._version:
                log.info("channel %s: kept its newer login", self._channel_id)
                return
            row.secret = pack(values)
            row.saved_at = max(clock.now(), row.saved_at + TICK)
            row.save(update_fields=["secret", "saved_at"])
        self._version = row.saved_at


class GivenSecrets:
    """A login somebody has just typed in; what a connector saves stays in memory."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self.values = dict(values)

    def load(self) -> dict[str, str]:
        """The values as they stand."""
        return dict(self.values)

    def save(self, values: Mapping[str, str]) -> None:
        """Keep the values."""
        self.values = dict(values)


def store_login(channel_id: int, values: Mapping[str, str]) -> None:
    """Replace a channel's login whatever it was; a person has just proven the new one."""
    stored = Credential.objects.select_for_update().filter(channel_id=channel_id).first()
    moment = clock.now()
    Credential.objects.update_or_create(
        channel_id=channel_id,
        defaults={
            "secret": pack(values),
            "saved_at": max(moment, stored.saved_at + TICK) if stored else moment,
        },
    )


def pack(values: Mapping[str, str]) -> str:
    """The values as they are encrypted."""
    return json.dumps(dict(values), sort_keys=True)


def _unpack(secret: str) -> dict[str, str]:
    values: dict[str, str] = json.loads(secret)
    return values
