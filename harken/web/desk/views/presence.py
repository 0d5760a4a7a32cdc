"""Signs of life of a tab that has a conversation open; each answers who else is there.

The live stream tells the same, sooner. The answer here keeps a browser right whose line is lost.
"""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse, JsonResponse

from harken.domain.conversations.models import Conversation
from harken.domain.notifications.services.read import mark_conversation_read
from harken.domain.presence import services
from harken.domain.presence.queries import here, told
from harken.kit.refusals import Invalid
from harken.web.access import EVERYBODY, WRITERS, Request, page
from harken.web.desk.views.conversation import visible


@page(*EVERYBODY, method="POST")
def presence(request: Request, pk: int) -> HttpResponse:
    """What the tab does: `doing` is empty (a sign of life), reading, writing or leaving."""
    found, by = visible(request, pk), request.user
    mark_conversation_read(found, by=by)
    match request.POST.get("doing", ""):
        case "writing":
            services.write(found, tab=_tab(request), by=by)
        case "reading":
            services.stop_writing(found.pk, by=by.pk)
        case "leaving":
            services.leave(found, tab=_tab(request), by=by)
        case _:
            services.stay(found, tab=_tab(request), by=by)
    return _who(found)


@page(*WRITERS, method="POST")
def take_over(request: Request, pk: int) -> HttpResponse:
    """Write in the place of the colleague who writes now."""
    found = visible(request, pk)
    services.take_over(found, tab=_tab(request), by=request.user)
    return _who(found)


def _who(found: Conversation) -> HttpResponse:
    return JsonResponse({"here": {str(found.pk): told(here(found.pk))}})


def _tab(request: Request) -> UUID:
    try:
        return UUID(request.POST.get("tab", ""))
    except ValueError:
        raise Invalid("This page lost its place. Load it anew; your text is kept.") from None
