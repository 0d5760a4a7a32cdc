"""Who may use which page. Every view says it here; the route matrix test reads it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Literal
from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils import timezone
from django.utils.cache import patch_cache_control, patch_vary_headers
from django_htmx.middleware import HtmxDetails

from harken.domain.people.models import Role, User
from harken.kit.refusals import Refusal
from harken.web import demo, errors
from harken.web.zones import zone_of

ANYONE = "anyone"  # also who is not signed in
EVERYBODY = tuple(Role.values)  # every signed-in person
WRITERS = tuple(role for role in Role.values if role != Role.VIEWER)

View = Callable[..., HttpResponse]


class Request(HttpRequest):
    """A request of a signed-in person, as views behind `page` get it."""

    user: User
    htmx: HtmxDetails


def page(*roles: str, method: Literal["GET", "POST"] = "GET") -> Callable[[View], View]:
    """Let only people in one of `roles` use the view, and only by `method` (GET includes HEAD).

    Nobody signed in is sent to sign in, a wrong role sees a calm page (403), and a `Refusal` of a
    service becomes its status and sentence. The view gets `.allowed_roles` and `.method`.
    """
    allowed = frozenset(roles)
    methods = ("GET", "HEAD") if method == "GET" else ("POST",)

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            turned_away = _turn_away(request, allowed)
            if turned_away is not None:
                return turned_away
            if request.method not in methods:
                return HttpResponseNotAllowed(methods)
            try:
                with timezone.override(zone_of(request) or timezone.get_default_timezone()):
                    response = view(request, *args, **kwargs)
            except Refusal as refusal:
                response = errors.refused(request, refusal)
            return _private(response)

        guarded.allowed_roles = allowed  # type: ignore[attr-defined]
        guarded.method = method  # type: ignore[attr-defined]
        return guarded

    return guard


def _turn_away(request: HttpRequest, allowed: frozenset[str]) -> HttpResponse | None:
    if ANYONE in allowed:
        return None
    if not request.user.is_authenticated and not demo.enter(request):
        return _sign_in_first(request)
    if getattr(request.user, "role", "") not in allowed:
        return errors.not_for_this_role(request)
    return None


def _sign_in_first(request: HttpRequest) -> HttpResponse:
    sign_in = resolve_url(settings.LOGIN_URL)
    if not errors.is_fragment(request):
        return HttpResponseRedirect(f"{sign_in}?next={quote(request.get_full_path())}")
    response = HttpResponse(status=401)
    response["HX-Redirect"] = sign_in
    return response


def _private(response: HttpResponse) -> HttpResponse:
    """Page and fragment share an address, and what is on them is for one person."""
    patch_vary_headers(response, ["HX-Request", "Cookie"])
    patch_cache_control(response, private=True, no_cache=True)
    return response
