"""How often one address may knock at links that do not open, kept in this process."""

from __future__ import annotations

import threading
from collections import OrderedDict

from django.http import HttpRequest

from harken.kit import clock

TRIES = 20  # that failed, from one address
WITHIN = 600.0  # seconds
MOST = 10_000  # addresses remembered; the one that knocked longest ago is forgotten first


class Limits:
    """Counts failed tries by address; whoever has made too many is not looked at for a while."""

    def __init__(self) -> None:
        self._tries: OrderedDict[str, list[float]] = OrderedDict()
        self._lock = threading.Lock()

    def failed(self, address: str) -> None:
        """One more try of this address came to nothing."""
        now = clock.monotonic()
        with self._lock:
            tries = [each for each in self._tries.pop(address, []) if each > now - WITHIN]
            self._tries[address] = [*tries, now][-TRIES:]
            while len(self._tries) > MOST:
                self._tries.popitem(last=False)

    def is_shut(self, address: str) -> bool:
        """Whether this address has failed too often lately."""
        with self._lock:
            tries = self._tries.get(address, [])
        return len(tries) >= TRIES and tries[0] > clock.monotonic() - WITHIN


limits = Limits()


def address_of(request: HttpRequest) -> str:
    """Where a request comes from: our own front writes the last entry of X-Forwarded-For."""
    forwarded = str(request.META.get("HTTP_X_FORWARDED_FOR", "")).rpartition(",")[2].strip()
    return (forwarded or str(request.META.get("REMOTE_ADDR", "")))[:64]
