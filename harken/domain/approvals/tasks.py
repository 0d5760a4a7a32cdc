"""The clock of approvals: asks the next person of each chain within a second of its moment.

When to ask stands in the rows, so any number of workers may look and none has to remember: a
killed one is replaced by whoever looks next, and what it had not committed was never asked.
"""

from __future__ import annotations

import logging
import threading
from datetime import timedelta

from django.db import InterfaceError, OperationalError, connection, transaction

from harken.domain.approvals.models import Approval
from harken.domain.approvals.services.chain import ask_next, moment
from harken.domain.journal.rounds import DATABASE_AWAY, look_until, seconds_to_next

log = logging.getLogger(__name__)
LOOK = 0.25  # seconds between two looks at most; what is asked in between is found by the next
AT_ONCE = 50  # approvals of one look

# What somebody else holds is theirs: another worker asks, or it is being decided.
RIPE = """
SELECT a.id FROM approvals_approval a
WHERE a.next_at <= clock_timestamp()
ORDER BY a.next_at, a.id LIMIT 1
FOR NO KEY UPDATE OF a SKIP LOCKED
"""
NEXT = "SELECT extract(epoch FROM min(next_at) - clock_timestamp()) FROM approvals_approval"


def run(stop: threading.Event) -> None:
    """Ask until `stop` is set; closes the database connection of the calling thread."""
    look_until(stop, _look, "the clock of approvals")


def _look() -> float:
    wait = LOOK if ask_ripe() < AT_ONCE else 0.0
    return min(wait, seconds_to_next(NEXT))


def ask_ripe() -> int:
    """Ask the next person of what is due now, each in a transaction; how many that were."""
    done = 0
    while done < AT_ONCE and _ask_one():
        done += 1
    return done


@transaction.atomic
def _ask_one() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(RIPE)
        found = cursor.fetchone()
    if found is None:
        return False
    around = ("conversation__team", "rule", "only_by", "writer")
    approval = Approval.objects.select_related(*around).get(pk=found[0])
    try:
        with transaction.atomic():
            ask_next(approval, moment())
    except (OperationalError, InterfaceError):
        raise
    except Exception:  # one that is broken must not hold up the others
        log.exception("nobody could be asked for approval %s", approval.pk)
        again = moment() + timedelta(seconds=DATABASE_AWAY)
        Approval.objects.filter(pk=approval.pk).update(next_at=again)
    return True
