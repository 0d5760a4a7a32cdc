"""Finds the cause of a storm in stored messages, as plain data that names people by id alone."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from harken.domain.listening.models import Monitor
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
    return _plain(cause(now, vocabulary(before), mood(before)))


def _plain(found: Cause) -> dict[str, Any]:
    return {
        "leading": [
            {"message": int(each.post.id), "posts": each.posts, "people": each.people}
            for each in found.leading
        ],
        "topics": [[rising.term for rising in topic.terms[:4]] for topic in found.topics],
        "hashtags": list(found.hashtags),
        "voices": [
            {"handle": int(each.author), "posts": each.posts}
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
