"""Signs of life of who reads sources and of matchers, for the sources page."""

from __future__ import annotations

import logging
import os
import socket
from datetime import timedelta

from django.db import Error

from harken.domain.channels.models import ProcessBeat
from harken.kit import clock

log = logging.getLogger(__name__)
BEAT = 5.0  # seconds between two signs of life
OLD_BEAT = timedelta(days=1)
LONGEST_NAME = 60


class Sign:
    """The sign of this process; `kind` is what its name begins with."""

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self._name = f"{kind}{socket.gethostname()}:{os.getpid()}"[:LONGEST_NAME]
        self._beaten = 0.0

    @property
    def is_due(self) -> bool:
        """Whether the last one was long enough ago."""
        return not self._beaten or clock.monotonic() - self._beaten >= BEAT

    def give(self) -> None:
        """Say that we live; the first time old ones of others are swept out."""
        if not self._beaten:
            old = clock.now() - OLD_BEAT
            ProcessBeat.objects.filter(name__startswith=self._kind, at__lt=old).delete()
        ProcessBeat.objects.update_or_create(name=self._name, defaults={"at": clock.now()})
        self._beaten = clock.monotonic()

    def take_away(self) -> None:
        """We leave."""
        try:
            ProcessBeat.objects.filter(name=self._name).delete()
        except Error:
            log.warning("the database does not answer; the last sign of life stays")
