"""Snoozing a conversation in people's own words, and waking it."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse

from harken.domain.conversations.services import snooze as snoozing
from harken.kit.moments import NotUnderstood
from harken.kit.refusals import Invalid
from harken.web import screen
from harken.web.access import WRITERS, Request, page
from harken.web.desk.snoozing import Understood, presets, read, shown, understood, zone
from harken.web.desk.views.actions import changed
from harken.web.desk.views.conversation import visible
from harken.web.errors import is_fragment


@page(*WRITERS)
def offers(request: Request, pk: int) -> HttpResponse:
    """The moments to choose from, as they are now."""
    found = visible(request, pk)
    context = {"pane": found, "waits": found.waits_since is not None}
    context["presets"] = presets(request, found)
    return screen.render(request, "desk/_presets.html", context)


@page(*WRITERS)
def preview(request: Request, pk: int) -> HttpResponse:
    """What the typed words mean."""
    said = understood(request, visible(request, pk), request.GET.get("until", ""))
    return screen.render(request, "desk/_understood.html", {"understood": said})


@page(*WRITERS, method="POST")
def snooze(request: Request, pk: int) -> HttpResponse:
    """Set it aside `until` a moment; `reason` is needed while the customer waits."""
    found, text = visible(request, pk), request.POST.get("until", "")
    reason = request.POST.get("reason", "")
    try:
        until = read(request, found, text)
        found = snoozing.snooze(found, until, by=request.user, reason=reason)
    except (NotUnderstood, Invalid, snoozing.StillWaits) as error:
        if not is_fragment(request):
            raise Invalid(str(error)) from error
        said = {"understood": Understood(str(error), is_possible=False)}
        response = screen.render(request, "desk/_understood.html", said)
        response.status_code = 422
        return response
    said_until = shown(until, zone(request)).removeprefix("until ")
    undo = reverse("desk:wake", args=[found.pk])
    return changed(request, found, f"Snoozed until {said_until}", undo_url=undo)


@page(*WRITERS, method="POST")
def wake(request: Request, pk: int) -> HttpResponse:
    """Put it back into the lists now."""
    found = snoozing.wake(visible(request, pk), by=request.user)
    return changed(request, found, "Back in the lists")
