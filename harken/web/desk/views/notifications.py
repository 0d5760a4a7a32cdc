"""What the reader was told: the list behind the bell, and opening one."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from harken.domain.notifications.kinds import KINDS
from harken.domain.notifications.models import Notification
from harken.domain.notifications.queries import of_person
from harken.domain.notifications.services.read import mark_all_read, mark_read
from harken.kit.ids import id_in
from harken.web import screen
from harken.web.access import EVERYBODY, Request, page

NEW, EARLIER = 100, 50  # shown at once
#: Where a kind leads that is about no conversation and named no page.
PAGES = {
    "channel_failing": "manage:channels",
    "source_stopped": "manage:sources",
    "test": "desk:ways",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One notification as a row of the list; `whose` is the customer it is about."""

    of: Notification
    icon: str
    whose: str
    new: bool


@page(*EVERYBODY)
def notifications(request: Request) -> HttpResponse:
    """The list, what is not read first; `before` (an id) pages down through what was read."""
    before = request.GET.get("before", "")
    if before and not id_in(before):
        raise Http404(before)
    told = of_person(request.user).select_related("conversation__team")
    new = [] if before else list(told.filter(read_at__isnull=True)[:NEW])
    earlier = told.filter(read_at__isnull=False)
    if before:
        earlier = earlier.filter(pk__lt=int(before))
    old = list(earlier[: EARLIER + 1])
    context = screen.frame_context(request) | {
        "lines": [_line(each) for each in new + old[:EARLIER]],
        "has_new": bool(new),
        "older": old[EARLIER - 1].pk if len(old) > EARLIER else None,
    }
    return screen.render(request, "desk/notifications.html", context)


@page(*EVERYBODY)
def show(request: Request, pk: int) -> HttpResponse:
    """Open what a notification is about; that is reading it."""
    found = get_object_or_404(of_person(request.user), pk=pk)
    mark_read(found, by=request.user)
    return HttpResponseRedirect(_target(found))


@page(*EVERYBODY, method="POST")
def read(request: Request) -> HttpResponse:
    """Everything is read."""
    mark_all_read(by=request.user)
    return HttpResponseRedirect(reverse("desk:notifications"))


def _line(told: Notification) -> Line:
    about = told.conversation
    kind = KINDS.get(told.kind)
    return Line(
        of=told,
        icon=kind.icon if kind else "bell",
        whose=(about.contact.name or f"@{about.handle.handle}") if about else "",
        new=told.read_at is None,
    )


def _target(told: Notification) -> str:
    if told.url and url_has_allowed_host_and_scheme(told.url, allowed_hosts=None):
        return told.url
    if told.conversation_id is not None:
        return reverse("desk:conversation", args=[told.conversation_id])
    return reverse(PAGES.get(told.kind, "desk:notifications"))
