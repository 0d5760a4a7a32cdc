"""Finds the cause of a storm in stored messages, as plain data that names people by id alone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from harken.domain.listening.models import Monitor, MonitorHit
from harken.domain.listening.queries_storms import hits_of
from harken.domain.listening.trends.cause import Cause, Mood, cause, mood
from harken.domain.listening.trends.post import Post
from harken.domain.listening.trends.rising import Vocabulary
from harken.domain.listening.trends.terms import terms
from harken.domain.triage.models import Judgement

HOUR, BEFORE = timedelta(hours=1), timedelta(days=14)
MOST_NOW, MOST_BEFORE = 1_000, 2_000  # posts looked at, the newest


def cause_at(monitor: Monitor, moment: datetime) -> dict[str, Any]:
    """Why the hour before `moment` is one, against what was said before it."""
    hits = hits_of(monitor)
    since = moment - HOUR
    now = posts_of(hits.filter(sent_at__gte=since, sent_at__lt=moment), MOST_NOW)
    before = posts_of(hits.filter(sent_at__gte=since - BEFORE, sent_at__lt=since), MOST_BEFORE)
    return _plain(cause(now, vocabulary(before), mood(before)))


def posts_of(hits: QuerySet[MonitorHit], most: int) -> list[Post]:
    """The newest of these hits that are stored messages."""
    judged = Judgement.objects.filter(message=OuterRef("message")).order_by("-pk")
    rows = (
        hits.exclude(message=None)
        .annotate(sentiment=Subquery(judged.values("sentiment")[:1]))
        .order_by("-sent_at", "-pk")
        .values_list(
            *("message", "sent_at", "message__handle", "message__body"),
            *("message__handle__followers", "sentiment"),
        )[:most]
    )
    return [
        Post(str(message), at, str(handle or ""), body, followers or 0, sentiment or "")
        for message, at, handle, body, followers, sentiment in rows
    ]


def vocabulary(posts: Iterable[Post]) -> Vocabulary:
    """What these posts speak of."""
    found = Vocabulary()
    for post in posts:
        found.learn(terms(post.text))
    return found


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
