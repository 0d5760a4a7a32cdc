"""The trends of listening: volume against the usual, share of voice, storms and their causes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone

from harken.domain.listening import queries_storms as storms
from harken.domain.listening import queries_trends as trends
from harken.domain.listening.models import Monitor
from harken.domain.listening.models_storms import MonitorStorm
from harken.domain.listening.queries import monitors_listed
from harken.domain.people.models import Role
from harken.kit import clock
from harken.web import screen
from harken.web.access import Request, page
from harken.web.manage.trend_chart import chart

REPORTERS = (Role.LEAD, Role.MANAGER, Role.EXECUTIVE)
LISTED = 6  # storms
POSTS = 50  # of a storm
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time to look at: how many steps of how many hours, up to now."""

    key: str
    label: str
    steps: int
    hours: int
    names: str  # of its steps, for strftime
    axis: str  # the same below the chart, shorter

    def bounds(self) -> list[datetime]:
        """Where its steps begin, and now, where the running one ends."""
        now = timezone.localtime(clock.now())
        last = now.replace(minute=0, second=0, microsecond=0)
        last -= timedelta(hours=last.hour % self.hours)
        # Counted on the wall clock, so that days begin at midnight also across a clock change.
        walls = [last - timedelta(hours=self.hours * n) for n in range(self.steps - 1, -1, -1)]
        return [*walls, now]


SPANS = {
    each.key: each
    for each in (
        Span("day", "24 hours", 24, 1, "%H:%M", "%H"),
        Span("week", "7 days", 28, 6, "%a %H:%M", "%a"),
        Span("month", "28 days", 28, 24, "%-d %b", "%-d %b"),
    )
}


@page(*REPORTERS)
def overview(request: Request) -> HttpResponse:
    """Every monitor's volume, who is talked about, and the latest storms."""
    span, user = _span(request), request.user
    bounds = span.bounds()
    monitors = list(monitors_listed())
    hits = storms.hits_for(user)
    volumes = trends.volumes(hits, bounds)
    watches = trends.watches(monitors)
    latest = list(storms.storms_for(user)[:LISTED])
    context = {
        "cards": [
            _card(request, each, volumes.get(each.pk), watches, bounds, latest) for each in monitors
        ],
        "voice": trends.share_of_voice(storms.hits_seen(user), bounds[0]),
        "storms": latest,
    }
    return _shown(request, "trends", span, context)


@page(*REPORTERS)
def monitor(request: Request, pk: int) -> HttpResponse:
    """One monitor: its volume step by step, topics, words, authors and answers."""
    span, user = _span(request), request.user
    bounds = span.bounds()
    found = get_object_or_404(monitors_listed(), pk=pk)
    hits = storms.hits_for(user).filter(monitor=found)
    its = list(storms.storms_for(user).filter(monitor=found)[:LISTED])
    steps = trends.volumes(hits, bounds).get(found.pk)
    since = bounds[0]
    context = {
        "card": _card(request, found, steps, trends.watches([found]), bounds, its),
        "storms": its,
        "topics": trends.topics_of(hits, since),
        "rising": trends.rising_words(hits, since),
        "authors": trends.authors_of(hits, since),
        "untagged": trends.untagged_of(hits, since),
    }
    return _shown(request, "trend", span, context)


@page(*REPORTERS)
def storm(request: Request, pk: int) -> HttpResponse:
    """One storm: how much, why, who, and its posts."""
    user = request.user
    found = get_object_or_404(storms.storms_for(user), pk=pk)
    until = found.ended_at or clock.now()
    hits = storms.hits_for(user).filter(
        monitor=found.monitor, sent_at__gte=found.raised_at - HOUR, sent_at__lt=until
    )
    posts = storms.named_posts(found, user)
    leading = [
        (posts[each["mention"]], each["people"])
        for each in found.cause.get("leading", [])
        if each.get("mention") in posts
    ]
    context = {
        "storm": found,
        "spreading": posts.get(found.cause.get("spread", {}).get("mention", 0)),
        "leading": leading,
        "voices": [
            (posts[each["mention"]], each["posts"])
            for each in found.cause.get("voices", [])
            if each.get("mention") in posts
        ],
        "count": hits.count(),
        "posts": hits.exclude(mention=None)
        .select_related("mention__message__handle")
        .order_by("-sent_at", "-pk")[:POSTS],
    }
    return _shown(request, "storm", SPANS["day"], context)


# --- pieces ----------------------------------------------------------------------------------


def _span(request: Request) -> Span:
    return SPANS.get(request.GET.get("span", ""), SPANS["day"])


def _shown(request: Request, name: str, span: Span, context: dict[str, Any]) -> HttpResponse:
    """The page, or its inside alone where the browser asks for what changed."""
    context |= {"span": span, "spans": list(SPANS.values()), "local": timezone.localtime}
    if request.htmx:
        return screen.render(request, f"manage/_{name}.html", context)
    context |= screen.frame_context(request) | {"inside": f"manage/_{name}.html"}
    return screen.render(request, "manage/trends.html", context)


def _card(
    request: Request,
    found: Monitor,
    steps: list[trends.Step] | None,
    watches: dict[int, Any],
    bounds: list[datetime],
    latest: list[MonitorStorm],
) -> dict[str, Any]:
    """A monitor with its chart; without what is usual for who may not see it."""
    knows = storms.sees_usual(found, request.user)
    steps = steps or trends.quiet(bounds)
    known = trends.watched(watches.get(found.pk) if knows else None, bounds)
    steps = [replace(step, usual=usual) for step, usual in zip(steps, known.usual, strict=True)]
    its = [each for each in latest if each.monitor_id == found.pk]
    usual = [each.usual for each in steps if each.usual is not None]
    return {
        "monitor": found,
        "steps": steps,
        "heard": sum(each.heard for each in steps),
        "usual": sum(usual) if usual else None,
        "knows": knows,
        "waits_for": known.waits_for,
        "storm": next((each for each in its if each.ended_at is None), None),
        "chart": chart(steps, bounds[-1], its),
    }
