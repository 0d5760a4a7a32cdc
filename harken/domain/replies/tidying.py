"""Old shapes of answers leave: the copy check looks back a month and never needs them again.

The answers themselves stay. A house that answers a million times a month would keep, and look
through, twelve times as many shapes after a year.
"""

from __future__ import annotations

import threading
from datetime import timedelta

from django.db import connection

from harken.domain.journal.rounds import look_until
from harken.domain.replies.queries_alike import WINDOW

PAUSE = 3_600.0  # seconds between two looks; a day more or less of shapes costs nothing
KEPT = WINDOW + timedelta(days=1)  # the check asks by another clock, and must never miss one
AT_ONCE = 1_000  # shapes of one statement

# The oldest by the order of their answers, so that no index by time has to be kept for this; a
# shape made anew for other words of an old answer is found a little later.
LEAVE = """
WITH oldest AS MATERIALIZED (
    SELECT reply_id FROM replies_replyshape ORDER BY reply_id LIMIT %s
), old AS (
    SELECT s.reply_id FROM replies_replyshape s JOIN oldest USING (reply_id)
    WHERE s.written_at < statement_timestamp() - make_interval(secs => %s)
    ORDER BY s.reply_id
    FOR UPDATE OF s SKIP LOCKED
)
DELETE FROM replies_replyshape s USING old WHERE s.reply_id = old.reply_id
"""


def run(stop: threading.Event) -> None:
    """Delete until `stop` is set; closes the database connection of the calling thread."""
    look_until(stop, look, "the leaving of old shapes")


def look() -> float:
    """Delete the next old shapes; the seconds until the next look, none while there are more."""
    return 0.0 if tidy() == AT_ONCE else PAUSE


def tidy() -> int:
    """Delete at most `AT_ONCE` shapes older than `KEPT`; how many. Two workers share them."""
    with connection.cursor() as cursor:
        cursor.execute(LEAVE, [AT_ONCE, KEPT.total_seconds()])
        return int(cursor.rowcount)
