"""The loop that delivers; part of the worker process, any number of workers may run it."""

from __future__ import annotations

import logging
import threading
from queue import Empty, SimpleQueue

import httpx
from django.conf import settings
from django.db import connection

from harken.domain.journal.rounds import look_until
from harken.domain.notifications.delivery.claim import PathOf, claim
from harken.domain.notifications.delivery.letter import Gone, Later, Letter, Refused
from harken.domain.notifications.delivery.mail import send
from harken.domain.notifications.delivery.outcome import Outcome, settle
from harken.domain.notifications.delivery.page import page
from harken.domain.notifications.delivery.push import Signature, push
from harken.domain.notifications.kinds import Way
from harken.domain.notifications.services.push_key import push_key
from harken.kit.http import client

log = logging.getLogger(__name__)
LOOK = 0.3  # seconds between two looks for what is due
AT_ONCE = 4  # letters under way; a slow service must not hold up the others
FAREWELL = 1.0  # seconds that letters under way get when the worker stops


def run(stop: threading.Event, *, path_of: PathOf) -> None:
    """Deliver until `stop` is set; closes the database connection of the calling thread.

    `path_of` says which page inside Harken shows a notification, or (given None) all of them.
    """
    office = Office(path_of)
    try:
        look_until(stop, lambda: 0.0 if office.turn() else LOOK, "the delivery of notifications")
    finally:
        office.close()
        connection.close()  # what was under way was settled after the rounds


class Office:
    """The letters under way. Threads only send; the rows are written by the thread that claims."""

    def __init__(self, path_of: PathOf) -> None:
        self._path_of = path_of
        self._client = client()
        self._signature: Signature | None = None
        self._done: SimpleQueue[Outcome] = SimpleQueue()
        self._under_way = 0

    def turn(self) -> bool:
        """Claim what is due for the free hands and settle what is done; False when idle."""
        letters = claim(AT_ONCE - self._under_way, self._path_of)
        if any(letter.way == Way.PUSH for letter in letters):
            self._signature = self._signature or _signature()
        for letter in letters:
            self._under_way += 1
            threading.Thread(target=self._carry, args=(letter,), daemon=True).start()
        if not self._under_way:
            return False
        self._settle_next(LOOK)
        return True

    def close(self) -> None:
        """Give what is under way a moment; what takes longer is due again by itself."""
        while self._under_way:
            if not self._settle_next(FAREWELL):
                break
        self._client.close()

    def _settle_next(self, seconds: float) -> bool:
        try:
            outcome = self._done.get(timeout=seconds)
        except Empty:
            return False
        self._under_way -= 1
        settle(outcome)
        return True

    def _carry(self, letter: Letter) -> None:
        self._done.put(carried(letter, self._signature, self._client))


def carried(letter: Letter, signature: Signature | None, http: httpx.Client) -> Outcome:
    """Send one letter; every way it can fail is an outcome."""
    try:
        match letter.way:
            case Way.PUSH:
                assert signature is not None  # made before the first letter to a browser
                push(letter, signature, http)
            case Way.EMAIL:
                send(letter)
            case _:
                page(letter)
    except Gone as error:
        return Outcome(letter, str(error), gone=True)
    except Refused as error:
        return Outcome(letter, str(error))
    except Later as error:
        return Outcome(letter, str(error), again=True)
    except Exception as error:  # a service's plug-in may raise anything
        log.warning("a letter by %s failed: %s", letter.way, type(error).__name__)
        return Outcome(letter, type(error).__name__, again=True)
    return Outcome(letter)


def _signature() -> Signature:
    address = settings.DEFAULT_FROM_EMAIL.rpartition("<")[2].rstrip("> ")
    return Signature(push_key().private, settings.PUBLIC_URL or f"mailto:{address}")
