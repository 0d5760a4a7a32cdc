"""The clock of escalations: pages the next level of each within a second of its moment.

When to page stands in the rows, so any number of workers may look and none has to remember: a
killed one is replaced by whoever looks next, and its unfinished page was never committed.
"""

from __future__ import annotations

import logging
import threading
from datetime import timedelta

from django.db import InterfaceError, OperationalError, connection, transaction

from harken.domain.escalation.models import Escalation, Level
from harken.domain.escalation.services.paging import moment, page_all
from harken.domain.journal.rounds import DATABASE_AWAY, look_until, seconds_to_next

log = logging.getLogger(__name__)
LOOK = 0.25  # seconds between two looks at most; what is raised in between is found by the next
AT_ONCE = 100  # pages in one transaction; each is told when all are committed

# Both rows are held while a page is written (see the lock order in models). What somebody else
# holds is theirs: another worker pages it, or its moment goes away.
RIPE = """
SELECT e.id FROM escalation_escalation e
JOIN conversations_conversation c ON c.id = e.conversation_id
WHERE e.next_at <= clock_timestamp()
ORDER BY e.next_at, e.id LIMIT %s
FOR NO KEY UPDATE OF e SKIP LOCKED
FOR KEY SHARE OF c SKIP LOCKED
"""
NEXT = "SELECT extract(epoch FROM min(next_at) - clock_timestamp()) FROM escalation_escalation"


def run(stop: threading.Event) -> None:
    """Page until `stop` is set; closes the database connection of the calling thread."""
    look_until(stop, _look, "the clock of escalations")


def _look() -> float:
    wait = LOOK if page_ripe() < AT_ONCE else 0.0
    return min(wait, seconds_to_next(NEXT))


@transaction.atomic
def page_ripe() -> int:
    """Page the next level of what is due now, at most `AT_ONCE`; how many that were."""
    with connection.cursor() as cursor:
        cursor.execute(RIPE, [AT_ONCE])
        ripe = [row[0] for row in cursor.fetchall()]
    if not ripe:
        return 0
    found = Escalation.objects.filter(pk__in=ripe).order_by("next_at", "pk")
    _page(list(found.select_related("conversation__team", "raised_by")))
    return len(ripe)


def _page(ripe: list[Escalation]) -> None:
    """Page all of them; if that fails, each alone, so that a broken one holds up no other."""
    try:
        with transaction.atomic():
            page_all([(each, Level(each.level).above) for each in ripe], moment())
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        if len(ripe) > 1:
            for each in ripe:
                each.refresh_from_db(fields=["level", "next_at"])
                _page([each])
            return
        log.exception("escalation %s could not be paged", ripe[0].pk)
        again = moment() + timedelta(seconds=DATABASE_AWAY)
        Escalation.objects.filter(pk=ripe[0].pk).update(next_at=again)
