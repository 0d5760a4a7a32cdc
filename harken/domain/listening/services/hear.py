"""Posts meet the monitors; what is heard is written down, once for each monitor and post."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set

from django.db import connection

from harken.domain.listening.language.reading import Reading
from harken.domain.listening.matcher.frequencies import Frequencies
from harken.domain.listening.matcher.matcher import Matcher
from harken.domain.listening.models import Monitor, MonitorHit, MonitorRevision
from harken.domain.listening.models_mentions import Mention
from harken.domain.listening.services.mentions import Key, Matched, follow, keep
from harken.domain.listening.stored import Post
from harken.kit.heard import Heard

log = logging.getLogger(__name__)
AT_ONCE = 200  # posts that are scanned together
SAMPLE = 16  # one post of so many is counted for how common words are
FIRST, REWEIGH = 500, 5_000  # counted posts after which anchors are chosen anew, then each time

STORE = """
INSERT INTO listening_monitorhit (monitor_id, number, network, uri, message_id, mention_id,
                                  sent_at)
SELECT * FROM unnest(%s::bigint[], %s::int[], %s::text[], %s::text[], %s::bigint[],
                     %s::bigint[], %s::timestamptz[])
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
        """Match each post and write down what is new, its mention too; how many hits that was.

        In the caller's transaction, with the cursor that says where the posts were read.
        """
        heard, others = [], []
        every = list(posts)
        for post, monitors in zip(every, self._matched([p.heard for p in every]), strict=True):
            if monitors:
                heard.append(Matched(post, frozenset(monitors)))
            elif post.message is not None or post.heard.edited:
                others.append(post)
        hits = self._hits(heard, keep(heard)) if heard else []
        if others:
            follow(others)
        return _store(hits) if hits else 0

    def _hits(self, heard: Sequence[Matched], mentions: Mapping[Key, Mention]) -> list[MonitorHit]:
        return [
            MonitorHit(
                monitor_id=id_,
                number=self._numbers[id_],
                network=each.post.heard.network,
                uri=each.post.heard.uri,
                message_id=mentions[each.key].message_id,
                mention_id=mentions[each.key].pk,
                sent_at=each.post.heard.sent_at,
            )
            for each in heard
            if not mentions[each.key].by_us  # we do not listen to ourselves
            for id_ in sorted(each.monitors)
        ]

    def _matched(self, posts: Sequence[Heard]) -> Iterator[Set[int]]:
        """The monitors of each, asked of some hundred posts at once."""
        for first in range(0, len(posts), AT_ONCE):
            some = posts[first : first + AT_ONCE]
            self._count(some)
            yield from self._matcher.match_all(some)

    def _count(self, posts: Sequence[Heard]) -> None:
        """Count a sample of them for how common words are, and choose anchors by it when due."""
        before, self._posts = self._posts, self._posts + len(posts)
        for heard in posts[(SAMPLE - 1 - before) % SAMPLE :: SAMPLE]:
            self._frequencies.see(Reading(heard.text))
        is_first = before < SAMPLE * FIRST <= self._posts
        if is_first or before // (SAMPLE * REWEIGH) < self._posts // (SAMPLE * REWEIGH):
            self._matcher.weigh_anew()
            self._matcher.build()


def _store(hits: Sequence[MonitorHit]) -> int:
    columns = [
        [getattr(hit, name) for hit in hits]
        for name in (
            "monitor_id",
            "number",
            "network",
            "uri",
            "message_id",
            "mention_id",
            "sent_at",
        )
    ]
    with connection.cursor() as cursor:
        cursor.execute(STORE, columns)
        return len(cursor.fetchall())
