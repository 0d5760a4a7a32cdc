"""Posts meet the monitors; what is heard is written down, once for each monitor and post."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence

from django.db import connection

from harken.domain.listening.language.reading import Reading
from harken.domain.listening.matcher.frequencies import Frequencies
from harken.domain.listening.matcher.matcher import Matcher
from harken.domain.listening.models import Monitor, MonitorHit, MonitorRevision
from harken.domain.listening.stored import Post
from harken.kit.heard import Heard

log = logging.getLogger(__name__)
SAMPLE = 16  # one post of so many is counted for how common words are
FIRST, REWEIGH = 500, 5_000  # counted posts after which anchors are chosen anew, then each time

STORE = """
INSERT INTO listening_monitorhit (monitor_id, number, network, uri, message_id, sent_at)
SELECT * FROM unnest(%s::bigint[], %s::int[], %s::text[], %s::text[], %s::bigint[],
                     %s::timestamptz[])
ON CONFLICT ON CONSTRAINT heard_once DO NOTHING
RETURNING monitor_id
"""


class Ear:
    """The monitors of this process, as new as the last look at the database."""

    def __init__(self) -> None:
        self._frequencies = Frequencies()
        self._matcher = Matcher(weigh=self._frequencies.weigh)
        self._numbers: dict[int, int] = {}
        self._revision = -1
        self._posts = 0

    def refresh(self) -> bool:
        """Take over what changed since the last look; says whether anything did."""
        row = MonitorRevision.objects.filter(pk=1).first()
        newest = row.number if row else 0
        if newest == self._revision:
            return False
        for monitor in Monitor.objects.filter(revision__gt=self._revision, revision__lte=newest):
            self._matcher.remove(monitor.pk)
            if monitor.is_on and monitor.retired_at is None:
                self._put(monitor)
        self._matcher.build()
        self._revision = newest
        return True

    def _put(self, monitor: Monitor) -> None:
        try:
            self._matcher.put(monitor.pk, monitor.query)
        except ValueError:  # written by an older Harken; one such must not silence all others
            log.exception("monitor %s cannot be read any more", monitor.pk)
        self._numbers[monitor.pk] = monitor.number

    def hear(self, posts: Iterable[Post]) -> int:
        """Match each post and write down what is new; how many hits that was.

        In the caller's transaction, with the cursor that says where the posts were read.
        """
        hits = [
            MonitorHit(
                monitor_id=id_,
                number=self._numbers[id_],
                network=post.heard.network,
                uri=post.heard.uri,
                message_id=post.message,
                sent_at=post.heard.sent_at,
            )
            for post in posts
            for id_ in sorted(self._matched(post.heard))
        ]
        return _store(hits) if hits else 0

    def _matched(self, heard: Heard) -> Iterable[int]:
        self._posts += 1
        if self._posts % SAMPLE == 0:
            self._frequencies.see(Reading(heard.text))
        if self._posts == SAMPLE * FIRST or self._posts % (SAMPLE * REWEIGH) == 0:
            self._matcher.weigh_anew()
            self._matcher.build()
        return self._matcher.match(heard)


def _store(hits: Sequence[MonitorHit]) -> int:
    columns = [
        [getattr(hit, name) for hit in hits]
        for name in ("monitor_id", "number", "network", "uri", "message_id", "sent_at")
    ]
    with connection.cursor() as cursor:
        cursor.execute(STORE, columns)
        return len(cursor.fetchall())
