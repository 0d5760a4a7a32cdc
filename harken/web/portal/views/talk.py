"""A private talk as the customer has it: opened once by its link, then theirs by a cookie.

Whoever has no right to a talk gets the same calm page for every reason, and no GET changes
anything: what a network or a mail program fetches to show a preview opens nothing.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control

from harken.domain.handover.call_times import call_times, told
from harken.domain.handover.models import HandOver
from harken.domain.handover.queries import is_free, known, said_in, talk_of
from harken.domain.handover.services.end import end
from harken.domain.handover.services.enter import open_talk_by
from harken.domain.handover.services.talk import ask_for_call, hear, leave_details
from harken.kit import clock
from harken.kit.refusals import Invalid, Refusal
from harken.web.access import ANYONE, page
from harken.web.portal.limits import address_of, limits

COOKIE = "harken_private"
FIELDS = ("text", "number", "when", "about", "name", "email", "phone")
SHOWN = 5  # stretches in which we call
LONGEST = 4000  # characters of a field that are looked at

Talking = Callable[[HttpRequest, HandOver, str], HttpResponse]


@page(ANYONE)
def talk(request: HttpRequest, token: str) -> HttpResponse:
    """The talk for the browser that opened it; the door while nobody has; else the calm page."""
    if limits.is_shut(address_of(request)):
        return _calm(request, token)
    mine = talk_of(token, _key(request))
    if mine is not None:
        return _shown(request, mine, token)
    found = known(token)
    if found is None or not is_free(found):
        return _calm(request, token)
    return _private(render(request, "portal/door.html", _who(found, token), using="jinja2"))


@page(ANYONE, method="POST")
def open_it(request: HttpRequest, token: str) -> HttpResponse:
    """Bind the link to this browser; the second browser that asks gets the calm page."""
    if limits.is_shut(address_of(request)):
        return _calm(request, token)
    key = open_talk_by(token, _key(request))
    if key is None:
        return _calm(request, token)
    response = HttpResponseRedirect(reverse("portal:talk", args=[token]))
    response.set_cookie(
        COOKIE,
        key,
        max_age=settings.PORTAL_DAYS * 86_400,
        path=reverse("portal:talk", args=[token]),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return _private(response)


def own(view: Talking) -> Callable[[HttpRequest, str], HttpResponse]:
    """Give the view the talk of this browser, or nobody anything."""

    @wraps(view)
    def guarded(request: HttpRequest, token: str) -> HttpResponse:
        shut = limits.is_shut(address_of(request))
        mine = None if shut else talk_of(token, _key(request))
        if mine is None:
            return _calm(request, token)
        try:
            return _private(view(request, mine, token))
        except Refusal as refusal:
            return _shown(request, mine, token, refusal)

    return guarded


@page(ANYONE)
@own
def said(request: HttpRequest, mine: HandOver, _: str) -> HttpResponse:
    """What was said, for the page that looks again every two seconds."""
    return render(request, "portal/_said.html", _said(mine), using="jinja2")


@page(ANYONE, method="POST")
@own
def say(request: HttpRequest, mine: HandOver, token: str) -> HttpResponse:
    """The customer writes."""
    hear(mine, body=_field(request, "text"), client_key=_client_key(request))
    return _back(request, mine, token)


@page(ANYONE, method="POST")
@own
def reach(request: HttpRequest, mine: HandOver, token: str) -> HttpResponse:
    """The customer says how to reach them."""
    fields = {name: _field(request, name) for name in ("name", "email", "phone")}
    leave_details(mine, **fields)
    return HttpResponseRedirect(f"{reverse('portal:talk', args=[token])}?left=reach#reach")


@page(ANYONE, method="POST")
@own
def call(request: HttpRequest, mine: HandOver, token: str) -> HttpResponse:
    """The customer wants to be called."""
    ask_for_call(
        mine,
        phone=_field(request, "number"),
        wanted_at=_moment(_field(request, "when")),
        about=_field(request, "about"),
        client_key=_client_key(request),
    )
    return HttpResponseRedirect(f"{reverse('portal:talk', args=[token])}#said")


@page(ANYONE, method="POST")
@own
def end_it(request: HttpRequest, mine: HandOver, token: str) -> HttpResponse:
    """The customer ends the talk: what they left to be reached by is erased."""
    end(mine)
    return render(request, "portal/ended.html", _who(mine, token), using="jinja2")


def _back(request: HttpRequest, mine: HandOver, token: str) -> HttpResponse:
    """What was said now, for the page's script; the whole page without one."""
    if request.headers.get("X-Part") == "said":
        return render(request, "portal/_said.html", _said(mine), using="jinja2")
    return HttpResponseRedirect(f"{reverse('portal:talk', args=[token])}#said")


def _shown(
    request: HttpRequest, mine: HandOver, token: str, refusal: Refusal | None = None
) -> HttpResponse:
    """The page of the talk; after a `refusal` with its sentence, and what was typed in place."""
    context = _who(mine, token) | _said(mine)
    context |= {
        "refusal": str(refusal) if refusal else "",
        "typed": {name: request.POST.get(name, "") for name in FIELDS},
        "asked": request.resolver_match.url_name if request.resolver_match and refusal else "",
        "left": request.GET.get("left", ""),
        "details": getattr(mine, "details", None),
        "call": mine.call_backs.filter(done_at=None).first(),
        "zone": timezone.get_current_timezone_name(),
        **_call_times(mine),
        "talk": mine,
    }
    response = render(request, "portal/talk.html", context, using="jinja2")
    response.status_code = refusal.status if refusal else 200
    return _private(response)


def _call_times(mine: HandOver) -> dict[str, Any]:
    """When we call, in the reader's zone: the next days, and whether somebody is there now."""
    now = clock.now()
    times = call_times(mine.conversation, now)
    if times is None:
        return {"call_times": [], "calls_now": True}
    return {
        "call_times": [told(each) for each in times[:SHOWN]],
        "calls_now": any(first <= now <= last for first, last in times[:1]),
    }


def _who(found: HandOver, token: str) -> dict[str, Any]:
    """Which company this is, and who of it."""
    return {
        "brand": found.conversation.channel.brand.name,
        "colleague": str(found.made_by).partition(" ")[0],
        "token": token,
    }


def _said(mine: HandOver) -> dict[str, Any]:
    return {
        "messages": list(said_in(mine).filter(deleted_at=None)),
        "fresh_key": uuid.uuid4(),
    }


def _calm(request: HttpRequest, token: str) -> HttpResponse:
    """One page for every link that does not open, whatever the reason; the try is counted."""
    address = address_of(request)
    shut = limits.is_shut(address)
    if not shut:
        limits.failed(address)
    context = {"shut": shut, "token": token[:64]}
    response = render(request, "portal/calm.html", context, using="jinja2")
    response.status_code = 429 if shut else 404
    return _private(response)


def _private(response: HttpResponse) -> HttpResponse:
    """Nobody keeps it, and no search engine lists it."""
    patch_cache_control(response, private=True, no_store=True)
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _key(request: HttpRequest) -> str:
    return request.COOKIES.get(COOKIE, "")[:100]


def _field(request: HttpRequest, name: str) -> str:
    return request.POST.get(name, "")[: LONGEST + 1].replace("\r\n", "\n")


def _client_key(request: HttpRequest) -> uuid.UUID:
    try:
        return uuid.UUID(request.POST.get("client_key", ""))
    except ValueError:
        raise Invalid("The form lost its key. Load the page anew and send it again.") from None


def _moment(text: str) -> datetime | None:
    """What a field for date and time holds, in the reader's zone. Raises `Invalid`."""
    if not text.strip():
        return None
    try:
        given = datetime.fromisoformat(text.strip())
    except ValueError:
        raise Invalid("Write day and time as 2026-12-24 14:30, or leave it empty.") from None
    return given if timezone.is_aware(given) else timezone.make_aware(given)
