"""Finds the cause of a storm in what was heard, as plain data that names mentions by id alone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from harken.domain.listening.models import Monitor
from harken.domain.listening.queries_stops import STOPS
from harken.domain.listening.queries_storms import hits_of
from harken.domain.listening.queries_trends import posts_of, vocabulary
from harken.domain.listening.trends.cause import Cause, Mood, cause, mood

HOUR, BEFORE = timedelta(hours=1), timedelta(days=14)
MOST_NOW, MOST_BEFORE = 1_000, 2_000  # posts looked at, the newest


def cause_at(monitor: Monitor, moment: datetime) -> dict[str, Any]:
    """Why the hour before `moment` is one, against what was said before it."""
    hits = hits_of(monitor)
    since = moment - HOUR
    now = posts_of(hits.filter(sent_at__gte=since, sent_at__lt=moment), MOST_NOW)
    before = posts_of(hits.filter(sent_at__gte=since - BEFORE, sent_at__lt=since), MOST_BEFORE)
    spoke = {post.author: int(post.id) for post in now}
    return _plain(cause(now, vocabulary(before), mood(before), STOPS), spoke)


def _plain(found: Cause, spoke: Mapping[str, int]) -> dict[str, Any]:
    """`spoke`: for each author a mention of theirs, which stands for them."""
    return {
        "leading": [
            {"mention": int(each.post.id), "posts": each.posts, "people": each.people}
            for each in found.leading
        ],
        "topics": [[rising.term for rising in topic.terms[:4]] for topic in found.topics],
        "hashtags": list(found.hashtags),
        "voices": [
            {"mention": spoke[each.author], "posts": each.posts}
            for each in found.voices
            if each.author
        ],
        "mood": {
            "before": _mood(found.swing.before),
            "now": _mood(found.swing.now),
            "turn": "worse" if found.swing.worse else "better" if found.swing.better else "",
        },
    }


def _mood(found: Mood) -> dict[str, int]:
    return {"judged": found.judged, "negative": found.negative}
