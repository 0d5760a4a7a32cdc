"""What stands around every page: views with counts, the pulse, who looks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render as django_render
from django.urls import reverse

from harken.domain.approvals.queries import count_for
from harken.domain.assist.endpoint import endpoint
from harken.domain.conversations import queries
from harken.domain.conversations.queries import Counts
from harken.domain.conversations.queries_asked import saved_views
from harken.domain.conversations.queries_views import saved_counts
from harken.domain.escalation.queries import open_count
from harken.domain.followups.queries import own_count
from harken.domain.handover.queries import open_calls_count
from harken.domain.journal.queries import horizon
from harken.domain.listening.queries_mentions import unheard_counted, unheard_lookups
from harken.domain.lookups import Lookup, look_up
from harken.domain.notifications.queries import unread_count
from harken.domain.people.models import Role, User
from harken.domain.roster.queries import DutyLine, duty_lines, duty_lookups, notes_for
from harken.web import demo
from harken.web.access import Request
from harken.web.theme.frame import Frame, Pulse

#: view, label, key, and the sentence under the list's title
OWN_VIEWS = (
    ("hot", "Hot", "g h", "least time left first"),
    ("mine", "Mine", "g m", "newest first"),
    ("unassigned", "Unassigned", "g u", "nobody has these yet"),
    ("unowned", "No owner", "g w", "who should answer is away; least time left first"),
    ("all", "All open", "g i", "newest first"),
    ("snoozed", "Snoozed", "g z", "who wakes next first"),
    ("closed", "Closed", "", "newest first"),
)


DECIDING = {Role.LEAD, Role.MANAGER, Role.EXECUTIVE}  # they have the board of escalations
KEYED = 9  # saved views reached by a key
HINTS = {
    "hot": "least time left first",
    "newest": "newest first",
    "snoozed": "who wakes next first",
}


@dataclass(frozen=True, slots=True)
class ViewLink:
    """One entry of the left column."""

    view: str
    label: str
    href: str
    count: int | None
    current: bool
    hotkey: str
    hint: str
    icon: str = ""
    duty: DutyLine | None = None


def render(request: Request, template: str, context: dict[str, Any]) -> HttpResponse:
    """A page or fragment of the desk."""
    return django_render(request, template, context, using="jinja2")


def frame_context(request: Request, *, view: str = "") -> dict[str, Any]:
    """The part of the context every full page of the desk needs; `view` is marked as current."""
    # Read first: whatever happens after this moment reaches the page by the live stream.
    after = str(horizon())
    context = counts_context(request, view)
    return context | {
        "frame": _frame(request, after, context, view),
        "handovers": list(notes_for(request.user)),
        "has_assistant": endpoint() is not None,
    }


def counts_context(request: Request, view: str) -> dict[str, Any]:
    """What the left column and the pulse are made of."""
    found = look_up(**_lookups(request.user))
    counts, duty = queries.counted(found), duty_lines(found)
    return {
        "view": view,
        "links": [
            *own_links(counts, view),
            *approval_links(request, found),
            *call_links(request, found),
            *escalation_links(request, found),
            followup_link(request, found),
            mention_link(request, found),
        ],
        "saved_links": saved_links(request.user, view),
        "team_links": team_links(counts, view, duty),
        "house_links": house_links(_shown_path(request), manages=request.user.can_manage)
        + report_links(request),
        "pulse": pulse(counts),
        "unread": found["unread"],
        "roles": demo.roles(),
        "reader": request.user,
    }


def _lookups(user: User) -> dict[str, Lookup[Any]]:
    """Every number of the left column and the pulse, asked in one statement."""
    return {
        **queries.count_lookups(user),
        **duty_lookups(queries.teams_of(user)),
        "approvals": count_for(user),
        "calls": open_calls_count(user),
        **({"escalations": open_count(user)} if user.role in DECIDING else {}),
        "followups": own_count(user),
        **unheard_lookups(user),
        "unread": unread_count(user),
    }


def _frame(request: Request, after: str, counted: dict[str, Any], view: str) -> Frame:
    user = request.user
    return Frame(
        theme=user.theme,  # type: ignore[arg-type]  # the column allows only these three
        keys=user.keys_on,
        user_name=str(user),
        user_id=str(user.pk),
        live_after=after,
        counts_url=f"{reverse('desk:counts')}?view={view}" if view else reverse("desk:counts"),
        palette_url=reverse("desk:palette"),
        theme_url=reverse("desk:save_me"),
        settings_url=reverse("desk:me"),
        pulse=counted["pulse"],
        bell_url=reverse("desk:notifications"),
        unread=counted["unread"],
    )


def pulse(counts: Counts) -> Pulse:
    """How many wait and which answer is due next, of those the reader may see."""
    return Pulse(
        waiting=counts.waiting,
        oldest_due=counts.next_due,
        oldest_seconds=counts.due_seconds or 0,
        within=None,
    )


def own_links(counts: Counts, current: str) -> list[ViewLink]:
    """The views everybody has."""
    return [
        _link(view, label, counts, current=current, hotkey=key, hint=hint)
        for view, label, key, hint in OWN_VIEWS
    ]


def call_links(request: Request, found: Mapping[str, Any]) -> list[ViewLink]:
    """The calls that customers wait for."""
    href = reverse("desk:call_backs")
    current = _shown_path(request).startswith(href)
    return [ViewLink("", "Call-backs", href, found["calls"], current, "g j", "")]


def escalation_links(request: Request, found: Mapping[str, Any]) -> list[ViewLink]:
    """The board of escalations, for those who may decide; agents see theirs in the thread."""
    if request.user.role not in DECIDING:
        return []
    href = reverse("desk:escalations")
    current = _shown_path(request).startswith(href)
    return [ViewLink("", "Escalations", href, found["escalations"], current, "g e", "")]


def followup_link(request: Request, found: Mapping[str, Any]) -> ViewLink:
    """What the reader told customers they would do."""
    href = reverse("desk:followups")
    current = _shown_path(request).startswith(href)
    return ViewLink("", "Follow-ups", href, found["followups"], current, "g f", "")


def mention_link(request: Request, found: Mapping[str, Any]) -> ViewLink:
    """What was said of us and others without calling us, with how many of us nobody answered."""
    href = reverse("desk:mentions")
    current = _shown_path(request).startswith(href)
    return ViewLink("", "Mentions", href, unheard_counted(found), current, "g l", "")


def approval_links(request: Request, found: Mapping[str, Any]) -> list[ViewLink]:
    """The queue of answers that wait for somebody's word, for everybody who may answer."""
    if not request.user.can_answer:
        return []
    href = reverse("desk:approvals")
    current = _shown_path(request).startswith(href)
    links = [ViewLink("", "Approvals", href, found["approvals"], current, "g a", "")]
    if request.user.role == Role.EXECUTIVE:
        own = reverse("desk:voice")
        shown = _shown_path(request).startswith(own)
        links.append(ViewLink("", "In your voice", own, None, shown, "g y", ""))
    return links


def saved_links(user: User, current: str) -> list[ViewLink]:
    """The saved views of this person; the first nine have a key."""
    saved = list(saved_views(user))
    counts = saved_counts(user, saved)
    base = current.partition("&")[0]
    return [
        ViewLink(
            f"saved:{view.pk}",
            view.name,
            f"{reverse('desk:inbox')}?view=saved:{view.pk}",
            counts.get(view.pk),
            base == f"saved:{view.pk}",
            f"g {number}" if number <= KEYED else "",
            HINTS[view.sort],
            view.icon,
        )
        for number, view in enumerate(saved, start=1)
    ]


def team_links(counts: Counts, current: str, duty: dict[int, DutyLine]) -> list[ViewLink]:
    """One view for each team the reader may see, with who is on in it."""
    return [
        replace(
            _link(f"team:{team.slug}", team.name, counts, current=current, hint="newest first"),
            duty=duty.get(team.pk),
        )
        for team in counts.teams
    ]


def house_links(path: str, *, manages: bool) -> list[ViewLink]:
    """The pages beside the list; the one at `path`, or above it, is current.

    Promises and triage are for those who manage.
    """
    pages = [
        ("Contacts", reverse("desk:contacts"), "g c"),
        ("Saved views", reverse("desk:views"), "g v"),
        ("Channels", reverse("manage:channels"), "g n"),
        ("Roster", reverse("manage:roster"), "g o"),
        ("Saved answers", reverse("manage:answers"), "g k"),
        ("Guidelines", reverse("manage:guidelines"), ""),
    ]
    if manages:
        pages.append(("Promises", reverse("manage:promises"), "g p"))
        pages.append(("Rules", reverse("manage:rules"), "g q"))
        pages.append(("Listening", reverse("manage:monitors"), "g x"))
        pages.append(("Checks", reverse("manage:checks"), ""))
        pages.append(("Approval rules", reverse("manage:approvals"), ""))
        pages.append(("Triage", reverse("manage:triage"), ""))
        pages.append(("Topics", reverse("manage:topics"), "g t"))
        pages.append(("Teams", reverse("manage:teams"), "g d"))
        pages.append(("Escalation", reverse("manage:escalation"), ""))
    return [
        ViewLink("", label, href, None, path.startswith(href), key, "")
        for label, href, key in pages
    ]


def report_links(request: Request) -> list[ViewLink]:
    """The reports, for leads, managers and executives."""
    if not (request.user.can_manage or request.user.sees_all):
        return []
    pages = (
        ("Day report", "manage:day", "g r"),
        ("Trends", "manage:trends", "g s"),
        ("Retractions", "manage:retractions", ""),
    )
    path = _shown_path(request)
    return [
        ViewLink("", label, reverse(name), None, path.startswith(reverse(name)), key, "")
        for label, name, key in pages
    ]


def _shown_path(request: Request) -> str:
    """The path in the browser's address bar, also when only a part of the page is asked for."""
    details = getattr(request, "htmx", None)
    return (details and details.current_url_abs_path) or request.path


def _link(
    view: str, label: str, counts: Counts, *, current: str, hotkey: str = "", hint: str = ""
) -> ViewLink:
    href = f"{reverse('desk:inbox')}?view={view}"
    is_current = view == current.partition("&")[0]
    return ViewLink(view, label, href, counts.views.get(view), is_current, hotkey, hint)
