"""What people see when something does not work: what happened, what to do, a number to quote."""

from __future__ import annotations

import json
import logging
import secrets
import sys
from collections import defaultdict
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from harken.kit.refusals import Invalid, Refusal
from harken.web.theme.frame import Frame

log = logging.getLogger("harken.desk")


def is_fragment(request: HttpRequest) -> bool:
    """Whether the browser asked for a piece of a page rather than a page."""
    return request.headers.get("HX-Request") == "true"


def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """A service said no: its sentence as a toast, or as a page where nothing can toast."""
    if is_fragment(request):
        return toast(str(refusal), status=refusal.status)
    return _page(request, refusal.status, "That did not work", str(refusal))


def by_field(refusal: Refusal | None) -> dict[str, list[str]]:
    """The sentences that belong beside a form's fields, by name; every other name has none."""
    found: dict[str, list[str]] = defaultdict(list)
    if isinstance(refusal, Invalid) and refusal.field:
        found[refusal.field] = [str(refusal)]
    return found


def toast(text: str, *, status: int, kind: str = "stop") -> HttpResponse:
    """An answer without content that makes the browser show `text`."""
    response = HttpResponse(status=status)
    response["HX-Trigger"] = json.dumps({"harken:toast": {"text": text, "kind": kind}})
    return response


def not_for_this_role(request: HttpRequest) -> HttpResponse:
    """403: signed in, but this page belongs to other roles."""
    return _told(
        request,
        403,
        "This page is not part of your role",
        "Nothing is broken. Ask a lead or manager if you need to do this.",
    )


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django's 403."""
    del exception  # its text is for developers
    return not_for_this_role(request)


def missing(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: not there, or not for this person; the two look the same on purpose."""
    del exception
    return _told(
        request,
        404,
        "There is nothing here",
        "It may have moved to another team, or the address has a slip in it.",
    )


def page_too_old(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form's secret does not fit the session: signed in elsewhere, or a very old page."""
    log.info("csrf: %s", reason)
    return _told(
        request,
        403,
        "This page has grown too old",
        "You signed in again since it was opened. Load it anew and repeat the last step; "
        "what you wrote is kept in this browser.",
    )


def broken(request: HttpRequest) -> HttpResponse:
    """500: our fault. Touches neither database nor session, they may be what is broken."""
    reference = _reference()
    log.error("reference %s: %s", reference, request.path, exc_info=sys.exc_info())
    text = "It is our fault, not yours. What you wrote is kept in this browser; try once more."
    if is_fragment(request):
        return toast(f"{text} (reference {reference})", status=500)
    return _render(request, 500, "Something broke", text, reference=reference)


def offline(request: HttpRequest) -> HttpResponse:
    """The page that tells calmly that the network is away."""
    text = "Your drafts are safe in this browser. The desk comes back by itself."
    return _render(request, 200, "You are offline", text)


def _told(request: HttpRequest, status: int, title: str, text: str) -> HttpResponse:
    if is_fragment(request):
        return toast(f"{title}. {text}", status=status)
    return _page(request, status, title, text)


def _page(request: HttpRequest, status: int, title: str, text: str) -> HttpResponse:
    reference = _reference()
    log.info("reference %s: %s %s", reference, status, request.path)
    return _render(request, status, title, text, reference=reference)


def _render(request: HttpRequest, status: int, title: str, text: str, **more: Any) -> HttpResponse:
    context = {"title": title, "text": text, "reference": "", "frame": Frame(), **more}
    return render(request, "desk/error.html", context, status=status, using="jinja2")


def _reference() -> str:
    return secrets.token_hex(3).upper()
