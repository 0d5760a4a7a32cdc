"""The loop that lets messages meet the monitors; part of the listen process.

Any number of processes may run it: an advisory lock lets one at a time work through the next
entries of the journal, and the cursor moves in the transaction that stores what was heard.
"""

from __future__ import annotations

import threading

from django.db import connection, transaction

from harken.domain.journal.queries import Position, after, horizon
from harken.domain.journal.rounds import look_until
from harken.domain.listening.models import ListeningCursor
from harken.domain.listening.services.hear import Ear
from harken.domain.listening.services.mentions import take_back
from harken.domain.listening.stored import posts_of

NAME = "journal"
BATCH = 200  # journal entries in one transaction
POLL = 0.2  # seconds between two looks at a quiet journal
TRY_LOCK = "SELECT pg_try_advisory_xact_lock(hashtext('harken listening'))"


def run(stop: threading.Event) -> None:
    """Match messages until `stop` is set."""
    listening = Listening()
    look_until(stop, lambda: 0.0 if listening.turn() else POLL, "the monitors")


class Listening:
    """One process's monitors in memory, and the next stretch of the journal."""

    def __init__(self) -> None:
        self.ear = Ear()

    def turn(self) -> bool:
        """Work through the next entries; False when there were none or somebody else is at it."""
        self.ear.refresh()
        with transaction.atomic():
            return _only_reader() and self._batch()

    def _batch(self) -> bool:
        place = ListeningCursor.objects.filter(pk=NAME).first()
        if place is None:
            start = horizon()
            ListeningCursor.objects.create(name=NAME, xid=start.xid, event=start.id)
            return True
        entries = after(Position(place.xid, place.event), BATCH)
        if not entries:
            return False
        messages = [
            int(entry.data["message"])
            for entry in entries
            if entry.kind in {"MessageReceived", "MessageEdited"}
        ]
        if messages:
            self.ear.hear(posts_of(messages))
        gone = [int(each.data["message"]) for each in entries if each.kind == "MessageDeleted"]
        if gone:
            take_back(gone)
        last = entries[-1].position
        ListeningCursor.objects.filter(pk=NAME).update(xid=last.xid, event=last.id)
        return True


def _only_reader() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(TRY_LOCK)
        row = cursor.fetchone()
    return bool(row and row[0])
