"""Search over everything said, notes and people, narrowed by chips."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from urllib.parse import urlencode

from django.http import Http404, HttpResponse, QueryDict
from django.urls import reverse

from harken.domain.channels.models import Channel
from harken.domain.conversations.queries import teams_of
from harken.domain.conversations.queries_search import Filters, Hit
from harken.domain.conversations.queries_search import search as find
from harken.kit import clock
from harken.web import screen
from harken.web.access import EVERYBODY, Request, page
from harken.web.desk.rows import NetworkBadge, badge


@dataclass(frozen=True, slots=True)
class Chip:
    """One value of a filter; `href` switches it on, or off when it is on."""

    label: str
    href: str
    on: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A hit as a row of the list."""

    hit: Hit
    key: str
    href: str
    name: str
    network: NetworkBadge


@page(*EVERYBODY)
def search(request: Request) -> HttpResponse:
    """Results for `q`, narrowed by `state`, `team`, `network`, `since`; `before` pages down."""
    words = request.GET.get("q", "").strip()
    filters = asked_filters(request.GET)
    try:
        found = find(request.user, words, filters, before=request.GET.get("before") or None)
    except ValueError as error:
        raise Http404(request.GET.get("before")) from error
    context = screen.frame_context(request) | {
        "words": words,
        "filters": filters,
        "groups": _chips(request, words, filters),
        "found": found,
        "people": [(handle, badge(handle.network)) for handle in found.people],
        "notes": [_line(hit) for hit in found.notes],
        "messages": [_line(hit) for hit in found.messages],
        "older": _address(words, filters, before=found.next) if found.next else "",
        "paged": "before" in request.GET,
    }
    return screen.render(request, "desk/search.html", context)


def asked_filters(asked: QueryDict) -> Filters:
    """What narrows the search, as the address or a form says; an unreadable day narrows nothing."""
    since = asked.get("since", "")
    try:
        day = date.fromisoformat(since) if since else None
    except ValueError:
        day = None
    return Filters(
        state=asked.get("state", ""),
        team=asked.get("team", ""),
        network=asked.get("network", ""),
        since=day,
    )


def _chips(request: Request, words: str, now: Filters) -> list[tuple[str, list[Chip]]]:
    teams = [(team.slug, team.name) for team in teams_of(request.user)]
    networks = Channel.objects.order_by("network").values_list("network", flat=True).distinct()
    today = clock.now().date()
    days = [(today - timedelta(days=n), label) for n, label in SPANS]
    groups = [
        ("State", [_chip(words, now, "state", *each) for each in STATES]),
        ("Team", [_chip(words, now, "team", *each) for each in teams]),
        ("Network", [_chip(words, now, "network", n, badge(n).label) for n in networks]),
        ("From", [_chip(words, now, "since", day, label) for day, label in days]),
    ]
    return [(title, chips) for title, chips in groups if len(chips) > 1]


STATES = (("open", "Open"), ("closed", "Closed"))
SPANS = ((0, "Today"), (6, "7 days"), (29, "30 days"))


def _chip(words: str, now: Filters, name: str, value: object, label: str) -> Chip:
    on = getattr(now, name) == value
    changed = replace(now, **{name: (None if name == "since" else "") if on else value})  # type: ignore[arg-type]
    return Chip(label, _address(words, changed), on)


def _address(words: str, filters: Filters, *, before: str | None = None) -> str:
    asked = {
        "q": words,
        "state": filters.state,
        "team": filters.team,
        "network": filters.network,
        "since": filters.since.isoformat() if filters.since else "",
        "before": before or "",
    }
    kept = {name: value for name, value in asked.items() if value}
    return f"{reverse('desk:search')}?{urlencode(kept)}"


def _line(hit: Hit) -> Line:
    conversation = hit.conversation
    handle = conversation.handle
    anchor = "note" if hit.kind == "note" else "message"
    href = reverse("desk:conversation", args=[conversation.pk])
    return Line(
        hit=hit,
        key=f"{anchor}-{hit.id}",
        href=f"{href}#{anchor}-{hit.id}",
        name=handle.display_name or f"@{handle.handle}",
        network=badge(conversation.channel.network),
    )
