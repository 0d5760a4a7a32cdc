"""Keeps libraries that open connections themselves out of the company's own network.

Our own requests go through `kit.http`. A library that brings its own client cannot; while it works
on a thread inside `leashed()`, the interpreter tells us of every look-up and connection it makes
(audit events, PEP 578), and one to an address that is not ours to reach fails before a byte leaves.
What counts is the address connected to, so a name that answers differently later gains nothing.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from harken.kit.addresses import is_private_host, is_reachable

CONNECTS = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})
_leash = threading.local()


class Held(OSError):
    """The library wanted to go where it must not; to it this looks like a failed connection."""


@contextmanager
def leashed() -> Iterator[None]:
    """Within it, this thread reaches public addresses and the hosts the operator named only."""
    _install()
    _leash.on, _leash.internal = True, False
    try:
        yield
    finally:
        _leash.on = False


@cache
def _install() -> None:
    sys.addaudithook(_look)  # it stays for the life of the process: there is no way to take it out


def _look(event: str, args: tuple[Any, ...]) -> None:
    if not event.startswith("socket.") or not getattr(_leash, "on", False):
        return
    if event == "socket.getaddrinfo":
        host = args[0]
        name = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host)
        _leash.internal = is_private_host(name)
    elif event in CONNECTS:
        address = args[1]
        place = str(address[0]) if isinstance(address, tuple) and address else ""
        if not is_reachable(place, internal=_leash.internal):
            raise Held(f"{place or 'a local socket'} is not an address to reach from here")
