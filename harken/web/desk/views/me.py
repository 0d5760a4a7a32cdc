"""My settings: colours and keys; in the demo also whom one plays."""

from __future__ import annotations

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from harken.domain.people.models import Role, Theme
from harken.domain.people.services import set_preferences
from harken.web import demo, screen
from harken.web.access import EVERYBODY, Request, page
from harken.web.errors import is_fragment
from harken.web.zones import zone_names


@page(*EVERYBODY)
def me(request: Request) -> HttpResponse:
    """The page of settings."""
    context = screen.frame_context(request) | {
        "themes": Theme.choices,
        "zones": [("", "As my browser says"), *((name, name) for name in zone_names())],
    }
    return screen.render(request, "desk/me.html", context)


@page(*EVERYBODY, method="POST")
def save_me(request: Request) -> HttpResponse:
    """Save what was sent: `theme`, `zone`, `keys` (on or off). Key `d` sends the theme alone."""
    keys = request.POST.get("keys")
    set_preferences(
        request.user,
        theme=request.POST.get("theme"),
        keys_on=None if keys is None else keys == "on",
        zone=request.POST.get("zone"),
    )
    if is_fragment(request):
        return HttpResponse(status=204)
    return HttpResponseRedirect(reverse("desk:me"))


@page(*EVERYBODY, method="POST")
def role(request: Request) -> HttpResponse:
    """Play another role. Exists in the demo only."""
    asked = request.POST.get("role", "")
    if not demo.is_on() or asked not in Role.values or demo.play(request, asked) is None:
        raise Http404(asked)
    if not is_fragment(request):
        return HttpResponseRedirect(reverse("desk:inbox"))
    response = HttpResponse(status=204)
    response["HX-Redirect"] = reverse("desk:inbox")
    return response
