"""What Ctrl/⌘+K finds on the server: views, conversations by their person."""

from __future__ import annotations

from django.db.models import Q
from django.http import HttpResponse

from harken.domain.conversations import queries
from harken.web import screen
from harken.web.access import EVERYBODY, Request, page
from harken.web.desk.rows import badge

MOST = 8  # conversations offered
SHORTEST = 2  # letters before conversations are looked for


@page(*EVERYBODY)
def palette(request: Request) -> HttpResponse:
    """`<li>` lines for what was typed (`q`); the page adds its own commands and their keys."""
    asked = request.GET.get("q", "").strip()[:80]
    context = {"links": _links(request, asked), "found": [], "asked": asked}
    if len(asked) >= SHORTEST:
        context["found"] = _conversations(request, asked)
    return screen.render(request, "desk/palette.html", context)


def _links(request: Request, asked: str) -> list[screen.ViewLink]:
    counts = queries.counts(request.user)
    # Views with a key are commands of the page already.
    links = [link for link in screen.own_links(counts, "") if not link.hotkey]
    links += [*screen.saved_links(request.user, ""), *screen.team_links(counts, "", {})]
    return [link for link in links if asked.lower() in link.label.lower()]


def _conversations(request: Request, asked: str) -> list[dict[str, object]]:
    name = asked.removeprefix("@")
    people = Q(handle__display_name__icontains=name) | Q(handle__handle__icontains=name)
    found = (
        queries.visible_to(request.user)
        .filter(people | Q(snippet__icontains=asked))
        .select_related("handle", "channel")
        .order_by("-last_message_at", "-id")[:MOST]
    )
    return [{"of": each, "network": badge(each.channel.network).label} for each in found]
