"""Monitors as they are listed, and what one would have heard."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet

from harken.domain.conversations.models import CloseReason, Direction, Message
from harken.domain.conversations.queries import visible_to
from harken.domain.listening.matcher.matcher import Matcher
from harken.domain.listening.models import Monitor, MonitorHit
from harken.domain.listening.stored import COLUMNS, Links, asks_for_links, heard_of, links_of
from harken.domain.people.models import User
from harken.domain.triage.models import Judgement
from harken.kit import clock

LAST = 5_000  # messages a preview looks at, the newest
DAYS = 30
EXAMPLES = 8
WEEK = timedelta(days=7)
NOT_OURS = (CloseReason.NOT_US, CloseReason.SPAM)


def monitors_listed() -> QuerySet[Monitor]:
    """Every monitor that was not taken out, with what it belongs to."""
    return Monitor.objects.filter(retired_at=None).select_related("brand", "topic", "team")


@dataclass(frozen=True, slots=True)
class Tally:
    """What a monitor heard in the last week."""

    heard: int = 0
    last: datetime | None = None


def tallies(user: User) -> dict[int, Tally]:
    """For each monitor what it heard this week among what `user` may see."""
    rows = (
        _hits(user)
        .filter(sent_at__gte=clock.now() - WEEK)
        .values("monitor")
        .annotate(heard=Count("pk"), last=Max("sent_at"))
    )
    return {row["monitor"]: Tally(row["heard"], row["last"]) for row in rows}


def heard_by(monitor: Monitor, user: User, limit: int) -> list[MonitorHit]:
    """The newest posts a monitor heard, of those `user` may see."""
    rows = _hits(user).filter(monitor=monitor).select_related("message__handle", "mention")
    return list(rows.order_by("-sent_at", "-pk")[:limit])


def _hits(user: User) -> QuerySet[MonitorHit]:
    """What was heard in conversations they may see, and in none by monitors that hear for them."""
    there = Q(message__conversation__in=visible_to(user), message__deleted_at=None)
    elsewhere = Q(message=None, mention__deleted_at=None)
    if not user.sees_all:
        mine = list(user.teams.values_list("pk", flat=True))
        elsewhere &= Q(monitor__team=None) | Q(monitor__team__in=mine)
    return MonitorHit.objects.filter(there | elsewhere)


@dataclass(slots=True)
class Preview:
    """What a query would have heard in the stored messages that somebody may see.

    `days` counts per day, the oldest first; `noise` are those somebody closed as not about us or
    that triage thinks so of; `overlaps` are other monitors with how many of these they hear too.
    """

    looked: int = 0
    found: int = 0
    noise: int = 0
    since: datetime | None = None
    days: list[tuple[date, int]] = field(default_factory=list)
    examples: list[Message] = field(default_factory=list)
    overlaps: list[tuple[Monitor, int]] = field(default_factory=list)

    @property
    def a_day(self) -> float:
        """How many a day, on average over the days looked at."""
        if self.since is None:
            return 0.0
        seconds = max((clock.now() - self.since).total_seconds(), 86_400)
        return self.found * 86_400 / seconds


def preview(query: str, user: User, without: Monitor | None = None) -> Preview:
    """Ask a query of the newest messages `user` may see. Raises `QueryError`."""
    matcher = Matcher({0: query})
    looked = list(_newest(user))
    links = links_of([row.pk for row in looked]) if asks_for_links([query]) else {}
    matched = matcher.match_all([heard_of(row, links) for row in looked])
    found = [row for row, ids in zip(looked, matched, strict=True) if ids]
    made = Preview(len(looked), len(found), examples=found[:EXAMPLES])
    if looked:
        made.since = looked[-1].sent_at
        made.days = _by_day(found, made.since)
    made.noise = _noise([row.pk for row in found])
    made.overlaps = _overlaps(found, without)
    return made


def _newest(user: User) -> QuerySet[Message]:
    rows = Message.objects.filter(
        direction=Direction.INBOUND,
        deleted_at=None,
        sent_at__gte=clock.now() - timedelta(days=DAYS),
        conversation__in=visible_to(user),
    )
    named = rows.select_related("handle", "channel").only(*COLUMNS, "handle__display_name")
    return named.order_by("-sent_at", "-pk")[:LAST]


def _by_day(found: list[Message], since: datetime) -> list[tuple[date, int]]:
    counted = Counter(row.sent_at.date() for row in found)
    first, last = since.date(), clock.now().date()
    every = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return [(day, counted[day]) for day in every]


def _noise(messages: list[int]) -> int:
    """How many of these a person or triage thinks are not for us."""
    judged = Judgement.objects.filter(message=OuterRef("pk"), relevance__in=("spam", "irrelevant"))
    closed = Q(conversation__close_reason__in=NOT_OURS)
    return Message.objects.filter(pk__in=messages).filter(closed | Q(Exists(judged))).count()


def _overlaps(found: list[Message], without: Monitor | None) -> list[tuple[Monitor, int]]:
    others = {
        each.pk: each
        for each in monitors_listed().filter(is_on=True)
        if without is None or each.pk != without.pk
    }
    matcher = Matcher({pk: each.query for pk, each in others.items()})
    counted: Counter[int] = Counter()
    links: Links = {}
    if asks_for_links(each.query for each in others.values()):
        links = links_of([row.pk for row in found])
    for ids in matcher.match_all([heard_of(row, links) for row in found]):
        counted.update(ids)
    return [(others[pk], count) for pk, count in counted.most_common(5)]
