"""Asks networks who the authors of mentions are; part of the worker process.

A worker claims some of one network for a while and asks whoever may know them, one after the
other. Killed in between, the claim runs out and the next asks again. Nothing of it runs while a
post is taken in, and nobody waits for it: until then an author is shown by an id cut short.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from datetime import timedelta

from django.db import transaction

from harken.domain.journal.rounds import look_until
from harken.domain.listening.models_authors import HeardAuthor
from harken.domain.listening.services.authors import ask_later, name
from harken.kit import clock
from harken.kit.authors import MOST_AUTHORS, Author, NamesAuthors
from harken.kit.connector import ConnectorError, RateLimited

log = logging.getLogger(__name__)
LOOK = 0.5  # seconds between two looks when nobody is to be asked for
CLAIM = timedelta(seconds=60)  # longer than two questions take
FIRST_WAIT, LONGEST_WAIT = 2.0, 600.0  # seconds between two tries
MOST_TRIES = 10
UNKNOWN = timedelta(hours=1)  # until a network is asked again for somebody it did not know
NOBODY = timedelta(minutes=5)  # until it is looked again for somebody to ask

#: For a network, whom to ask, the best first.
WhoKnows = Callable[[str], Sequence[NamesAuthors]]


def run(stop: threading.Event, who_knows: WhoKnows) -> None:
    """Ask until `stop` is set; closes the database connection of the calling thread."""
    look_until(stop, lambda: 0.0 if turn(who_knows) else LOOK, "the names of authors")


def turn(who_knows: WhoKnows) -> bool:
    """Ask for those that are due longest, of one network; whether there were any."""
    due = _claim()
    if due:
        _ask(due, who_knows(due[0].network))
    return bool(due)


@transaction.atomic
def _claim() -> list[HeardAuthor]:
    now = clock.now()
    rows = HeardAuthor.objects.filter(next_at__lte=now).order_by("next_at", "pk")
    found = list(rows.select_for_update(skip_locked=True)[:MOST_AUTHORS])
    due = [each for each in found if each.network == found[0].network]
    HeardAuthor.objects.filter(pk__in=[each.pk for each in due]).update(next_at=now + CLAIM)
    return due


def _ask(due: Sequence[HeardAuthor], doors: Sequence[NamesAuthors]) -> None:
    left = {each.account: each for each in due}
    trouble: ConnectorError | None = None
    for door in doors:
        if not left:
            break
        try:
            told = door.authors(list(left))
        except ConnectorError as error:
            log.info("authors of %s are not known yet: %s", due[0].network, error)
            trouble = error
            continue
        _keep(left, told)
    for each in left.values():
        _postpone(each, trouble, asked=bool(doors))


def _keep(left: dict[str, HeardAuthor], told: Sequence[Author]) -> None:
    """Those who were asked for are left no more."""
    named = {each.account: each for each in told if each.account in left}
    if named:
        name(left[next(iter(named))].network, list(named.values()))
    for account in named:
        del left[account]


def _postpone(author: HeardAuthor, trouble: ConnectorError | None, *, asked: bool) -> None:
    now = clock.now()
    if not asked:
        ask_later([author], now + NOBODY, counts=False)
        return
    wait = UNKNOWN
    if trouble is not None:
        pause = trouble.retry_after if isinstance(trouble, RateLimited) else None
        backoff = min(LONGEST_WAIT, FIRST_WAIT * 2.0**author.tries)
        wait = timedelta(seconds=max(backoff, pause or 0.0))
    ask_later([author], now + wait if author.tries + 1 < MOST_TRIES else None)
