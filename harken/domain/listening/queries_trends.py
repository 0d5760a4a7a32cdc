"""What the charts of listening show: volume, mood, topics, authors, share of voice, answers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    Count,
    DateTimeField,
    Exists,
    F,
    Func,
    IntegerField,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce, NullIf

from harken.domain.conversations.models import Direction, Message
from harken.domain.listening.models import Monitor, MonitorHit, MonitorKind
from harken.domain.listening.models_mentions import NOT_OURS, cut_short
from harken.domain.listening.models_storms import MonitorWatch
from harken.domain.listening.queries_stops import STOPS
from harken.domain.listening.trends.baseline import HOUR, Baseline
from harken.domain.listening.trends.kept import awake
from harken.domain.listening.trends.post import Post
from harken.domain.listening.trends.rising import Rising, Vocabulary, rising
from harken.domain.listening.trends.terms import terms
from harken.domain.triage.models import Judgement

OWN = (MonitorKind.BRAND, MonitorKind.PRODUCT)
MOST_NOW, MOST_BEFORE = 1_000, 2_000  # posts read for rising words, the newest
LISTED = 8


@dataclass(frozen=True, slots=True)
class Step:
    """A stretch of a chart: posts, those judged negative and positive among them, and the usual.

    `usual` is None where it is not known yet, or not for this reader.
    """

    starts: datetime
    heard: int = 0
    negative: int = 0
    positive: int = 0
    usual: float | None = None

    @property
    def rest(self) -> int:
        """Neutral, or not judged yet."""
        return self.heard - self.negative - self.positive


@dataclass(frozen=True, slots=True)
class Watched:
    """What is known of a monitor's usual volume: for each step, and what it still waits for."""

    usual: list[float | None]
    waits_for: str


@dataclass(frozen=True, slots=True)
class Share:
    """A part of what is said about us and our competitors together."""

    name: str
    posts: int
    is_own: bool
    monitor: int | None = None


@dataclass(frozen=True, slots=True)
class Author:
    """Somebody who wrote, how often, and who follows them (None: not told).

    `handle` is empty while only their id is known; `name` is what people call them, or the handle.
    """

    name: str
    handle: str
    posts: int
    reach: int | None


@dataclass(frozen=True, slots=True)
class Untagged:
    """Mentions that do not call us, and those of them we answered."""

    found: int
    answered: int


Heard = dict[int, dict[int, tuple[int, int, int]]]


def volumes(hits: QuerySet[MonitorHit], bounds: Sequence[datetime]) -> dict[int, list[Step]]:
    """For each monitor its posts between every two of the `bounds`, by their mood."""
    place = Func(
        F("sent_at"),
        Value(list(bounds), output_field=ArrayField(DateTimeField())),
        function="width_bucket",
        output_field=IntegerField(),
    )
    rows = (
        hits.filter(sent_at__gte=bounds[0], sent_at__lt=bounds[-1])
        .annotate(place=place, mood=_mood())
        .values_list("monitor", "place")
        .annotate(
            heard=Count("pk"),
            negative=Count("pk", filter=Q(mood="negative")),
            positive=Count("pk", filter=Q(mood="positive")),
        )
    )
    found: Heard = {}
    for monitor, number, *counts in rows:
        found.setdefault(monitor, {})[number - 1] = tuple(counts)
    return {
        monitor: [Step(at, *places.get(n, (0, 0, 0))) for n, at in enumerate(bounds[:-1])]
        for monitor, places in found.items()
    }


def watched(watch: MonitorWatch | None, bounds: Sequence[datetime]) -> Watched:
    """What is usual between every two of the `bounds`; `watch` as `watches` has it."""
    if watch is None or watch.state is None:
        return Watched([None] * (len(bounds) - 1), "a first day")
    known = awake(watch.state)
    waits = known.waits_for()
    if waits:
        return Watched([None] * (len(bounds) - 1), waits)
    baseline = known.gauge.baseline
    first = getattr(watch, "first", None) or bounds[-1]
    # Before its first post nobody listened: less than usual was not heard, nothing was.
    return Watched([_usual(baseline, *e) if e[1] > first else None for e in pairwise(bounds)], "")


def _usual(baseline: Baseline, starts: datetime, ends: datetime) -> float:
    """The usual of some hours; an hour is asked at its middle, where the shape is its alone."""
    total, at = 0.0, starts
    while at < ends:
        total += baseline.expected(at + HOUR / 2, min(HOUR, ends - at)).mean
        at += HOUR
    return total


def share_of_voice(hits: QuerySet[MonitorHit], since: datetime) -> list[Share]:
    """How many posts name us and how many each competitor; one that names both counts for each."""
    recent = hits.filter(sent_at__gte=since, monitor__retired_at=None)
    own = recent.filter(monitor__kind__in=OWN).values("network", "uri").distinct().count()
    rivals = (
        recent.filter(monitor__kind=MonitorKind.COMPETITOR)
        .values_list("monitor__name", "monitor")
        .annotate(posts=Count("pk"))
        .order_by("-posts", "monitor__name")
    )
    others = [Share(name, posts, False, pk) for name, pk, posts in rivals]
    return [Share("We", own, True), *others] if own or others else []


def topics_of(hits: QuerySet[MonitorHit], since: datetime) -> list[tuple[str, int]]:
    """The topics of the conversations heard, most first; "" for those without one."""
    rows = (
        hits.filter(sent_at__gte=since)
        .exclude(message=None)
        .values_list("message__conversation__topic__name")
        .annotate(posts=Count("pk"))
        .order_by("-posts")[:LISTED]
    )
    return [(name or "", posts) for name, posts in rows]


def rising_words(hits: QuerySet[MonitorHit], since: datetime) -> list[Rising]:
    """What is said since then and was not in as long before, strongest first."""
    now = posts_of(hits.filter(sent_at__gte=since), MOST_NOW)
    before = posts_of(hits.filter(sent_at__lt=since), MOST_BEFORE)
    return rising(now, vocabulary(before), LISTED, STOPS)


def authors_of(hits: QuerySet[MonitorHit], since: datetime) -> list[Author]:
    """Who wrote, by how many follow them."""
    rows = (
        hits.filter(sent_at__gte=since)
        .exclude(mention__author="")
        .exclude(mention=None)
        .values("network", "mention__author")
        .annotate(
            posts=Count("pk"),
            reach=Max("mention__reach"),
            name=Max(Coalesce(NullIf("message__handle__display_name", Value("")), "mention__name")),
            account=Max("mention__account"),
        )
        .order_by(F("reach").desc(nulls_last=True), "-posts", "network", "mention__author")
    )
    return [
        Author(row["name"] or handle or cut_short(author), handle, row["posts"], row["reach"])
        for row in rows[:LISTED]
        for author in [row["mention__author"]]
        for handle in ["" if author == row["account"] else author]
    ]


def untagged_of(hits: QuerySet[MonitorHit], since: datetime) -> Untagged:
    """Those who wrote about us without calling us, and whether they have an answer of ours.

    What says the same counts once, and what somebody dismissed as not about us does not count.
    """
    ours = Message.objects.filter(
        conversation=OuterRef("mention__message__conversation"),
        direction=Direction.OUTBOUND,
        sent_at__gt=OuterRef("sent_at"),
    )
    untagged = hits.filter(
        sent_at__gte=since,
        mention__untagged=True,
        mention__deleted_at=None,
        mention__fold=None,
    ).exclude(mention__reason__in=NOT_OURS)
    found = untagged.aggregate(
        found=Count("mention", distinct=True),
        answered=Count("mention", distinct=True, filter=Exists(ours)),
    )
    return Untagged(**found)


def posts_of(hits: QuerySet[MonitorHit], most: int) -> list[Post]:
    """The newest of these hits as the trends read them, named by their mentions' ids."""
    rows = (
        hits.exclude(mention=None)
        .annotate(mood=_mood())
        .order_by("-sent_at", "-pk")
        .values_list(
            *("mention", "sent_at", "network", "mention__author", "mention__text"),
            *("mention__reach", "mood", "mention__lang"),
        )[:most]
    )
    return [
        Post(str(mention), at, who_said(network, author), text, reach or 0, mood or "", lang)
        for mention, at, network, author, text, reach, mood, lang in rows
    ]


def who_said(network: str, author: str) -> str:
    """What tells people apart; empty for somebody without a name."""
    return f"{network} {author}" if author else ""


def vocabulary(posts: Iterable[Post]) -> Vocabulary:
    """What these posts speak of."""
    found = Vocabulary()
    for post in posts:
        found.learn(terms(post.text))
    return found


def quiet(bounds: Sequence[datetime]) -> list[Step]:
    """Steps of somebody who heard nothing."""
    return [Step(at) for at in bounds[:-1]]


def watches(monitors: Iterable[Monitor]) -> dict[int, MonitorWatch]:
    """The watches of these monitors, with `first`: when the first post one heard was written."""
    heard = MonitorHit.objects.filter(monitor=OuterRef("monitor")).order_by("sent_at")
    found = MonitorWatch.objects.filter(monitor__in=list(monitors))
    return {each.pk: each for each in found.annotate(first=Subquery(heard.values("sent_at")[:1]))}


def _mood() -> Subquery:
    """What the newest judgement of a hit's message says of its mood."""
    judged = Judgement.objects.filter(message=OuterRef("message")).order_by("-pk")
    return Subquery(judged.values("sentiment")[:1])
