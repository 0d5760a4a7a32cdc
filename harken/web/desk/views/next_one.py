"""One key, and the one who needs an answer first is open and yours."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse

from harken.domain.conversations.queries import in_view
from harken.domain.conversations.services.next import take_next
from harken.domain.presence.queries import written_in_by_others
from harken.web import screen
from harken.web.access import WRITERS, Request, page
from harken.web.desk.views.conversation import pane_context, visible
from harken.web.desk.views.inbox import asked_view


@page(*WRITERS, method="POST")
def take(request: Request) -> HttpResponse:
    """The pane of the hottest conversation nobody has or writes in; a calm one if nobody waits."""
    view, by = asked_view(request), request.user
    found = take_next(view, by=by, without=written_in_by_others(by))
    if found is None:
        mine = in_view(by, "mine").filter(waiting_since__isnull=False).count()
        return screen.render(request, "desk/nobody_waits.html", {"mine": mine})
    response = screen.render(
        request, "desk/pane.html", pane_context(request, visible(request, found.pk))
    )
    response["HX-Push-Url"] = f"{reverse('desk:conversation', args=[found.pk])}?view={view}"
    return response
