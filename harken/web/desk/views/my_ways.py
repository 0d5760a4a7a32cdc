"""My settings, notifications: which reach the reader by which ways, and when they stay quiet."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse

from harken.domain.notifications.kinds import KINDS, Way, kinds_for
from harken.domain.notifications.models import Notification, Pager, PushSubscription
from harken.domain.notifications.queries import chosen_ways, quiet_hours_of
from harken.domain.notifications.services import ways as ways_of
from harken.domain.notifications.services.push_key import push_key
from harken.kit.refusals import Invalid, Refusal
from harken.web import screen
from harken.web.access import EVERYBODY, Request, page
from harken.web.errors import is_fragment


@page(*EVERYBODY)
def ways(request: Request) -> HttpResponse:
    """The whole page."""
    return _page(request)


@page(*EVERYBODY, method="POST")
def save_ways(request: Request) -> HttpResponse:
    """The ticked boxes `on` (kind:way) of the reader's table are on, the others off."""
    kinds = [kind.key for kind in kinds_for(manages=request.user.can_manage)]
    wanted = set()
    for ticked in request.POST.getlist("on"):
        kind, _, way = ticked.partition(":")
        if kind in KINDS and way in Way.values:
            wanted.add((kind, Way(way)))
    ways_of.choose(wanted, kinds=kinds, by=request.user)
    return _done(request, "Saved. It counts from the next notification on.")


@page(*EVERYBODY, method="POST")
def save_quiet(request: Request) -> HttpResponse:
    """Set quiet hours, or end them (`end`)."""
    if "end" in request.POST:
        ways_of.end_quiet(by=request.user)
        return _done(request, "There are no quiet hours any more.")
    typed = {name: request.POST.get(name, "") for name in ("starts", "ends", "zone")}
    try:
        kept = ways_of.keep_quiet(
            starts=_minute(typed["starts"]),
            ends=_minute(typed["ends"]),
            zone=typed["zone"].strip(),
            by=request.user,
        )
    except Refusal as refusal:
        return _page(request, refusal, quiet=typed)
    return _done(request, f"Quiet from {_clock(kept.starts)} to {_clock(kept.ends)}, every day.")


@page(*EVERYBODY, method="POST")
def save_browser(request: Request) -> HttpResponse:
    """Wake this browser from now on, or (`forget`) not any more."""
    endpoint = request.POST.get("endpoint", "")
    if "forget" in request.POST:
        ways_of.forget_browser(endpoint, by=request.user)
        words = "That browser is not woken any more."
    else:
        browser = ways_of.Browser(
            endpoint,
            request.POST.get("p256dh", ""),
            request.POST.get("auth", ""),
            _browser_name(request.headers.get("User-Agent", "")),
        )
        ways_of.wake_browser(browser, by=request.user)
        words = "This browser is woken from now on."
    if is_fragment(request):
        messages.success(request, words)
        return HttpResponse(status=204)
    return _done(request, words)


@page(*EVERYBODY, method="POST")
def new_pager(request: Request) -> HttpResponse:
    """Add a pager; its address is never shown again."""
    name, address = request.POST.get("name", ""), request.POST.get("address", "")
    try:
        pager = ways_of.add_pager(name=name, address=address, by=request.user)
    except Refusal as refusal:
        return _page(request, refusal, pager=name)
    return _done(request, f"{pager.name} is added. Send yourself a test.")


@page(*EVERYBODY, method="POST")
def drop_pager(request: Request, pk: int) -> HttpResponse:
    """Remove a pager of one's own."""
    pager = get_object_or_404(Pager, pk=pk, person=request.user)
    ways_of.remove_pager(pager, by=request.user)
    return _done(request, f"{pager.name} is removed.")


@page(*EVERYBODY, method="POST")
def test_ways(request: Request) -> HttpResponse:
    """Send the reader a test by every way there is."""
    told = ways_of.send_test(by=request.user)
    return HttpResponseRedirect(f"{reverse('desk:ways')}?test={told.pk}#test")


@page(*EVERYBODY)
def tested(request: Request, pk: int) -> HttpResponse:
    """How that test is doing; the page asks again until all of it is settled."""
    told = get_object_or_404(Notification, pk=pk, person=request.user, kind="test")
    return screen.render(request, "desk/_tested.html", _test(told))


# --- pieces ----------------------------------------------------------------------------------


def _page(request: Request, refusal: Refusal | None = None, **typed: Any) -> HttpResponse:
    person = request.user
    chosen = chosen_ways([person.pk])
    kept = quiet_hours_of(person)
    quiet = {"starts": "22:00", "ends": "07:00", "zone": ""}
    if kept is not None:
        quiet = {"starts": _clock(kept.starts), "ends": _clock(kept.ends), "zone": kept.zone}
    asked = request.GET.get("test", "")
    told = Notification.objects.filter(person=person, kind="test")
    test = told.filter(pk=int(asked)).first() if asked.isascii() and asked.isdigit() else None
    context = screen.frame_context(request) | {
        "ways": Way.choices,
        "kinds": [
            (kind, chosen(person.pk, kind.key)) for kind in kinds_for(manages=person.can_manage)
        ],
        "mail_works": settings.MAIL_IS_SET_UP,
        "quiet": typed.get("quiet", quiet),
        "is_quiet": kept is not None,
        "zones": sorted(available_timezones()),
        "browsers": PushSubscription.objects.filter(person=person).order_by("pk"),
        "pagers": Pager.objects.filter(person=person).order_by("pk"),
        "pager_name": typed.get("pager", ""),
        "push_key": push_key().public,
        "refusal": str(refusal) if refusal else "",
        "said": [str(message) for message in messages.get_messages(request)],
    }
    context |= _test(test) if test else {"test": None}
    response = screen.render(request, "desk/ways.html", context)
    response.status_code = refusal.status if refusal else 200
    return response


def _test(told: Notification) -> dict[str, Any]:
    deliveries = told.deliveries.select_related("subscription", "pager").order_by("pk")
    return {
        "test": told,
        "reader": told.person,
        "deliveries": deliveries,
        "still": any(each.state == "pending" and not each.error for each in deliveries),
    }


def _minute(text: str) -> int:
    hours, _, minutes = text.partition(":")
    if not (hours.isascii() and hours.isdigit() and minutes.isascii() and minutes.isdigit()):
        raise Invalid("Give both times as hours and minutes, such as 22:00.")
    return int(hours) * 60 + int(minutes)


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


#: In this order: every one of them also says it is some of those below it.
BROWSERS = (("Edg/", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
SYSTEMS = (
    *(("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad")),
    *(("Windows", "Windows"), ("Mac OS X", "macOS"), ("Linux", "Linux")),
)


def _browser_name(agent: str) -> str:
    browser = next((name for mark, name in BROWSERS if mark in agent), "A browser")
    system = next((name for mark, name in SYSTEMS if mark in agent), "")
    return f"{browser} on {system}" if system else browser


def _done(request: Request, sentence: str) -> HttpResponse:
    messages.success(request, sentence)
    return HttpResponseRedirect(reverse("desk:ways"))
