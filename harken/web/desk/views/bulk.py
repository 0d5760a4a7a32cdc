"""Many conversations at once: the dialog with its preview, progress, stop, and what was lately."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.http import HttpResponse
from django.shortcuts import get_object_or_404

from harken.domain.bulk.actions import ACTIONS, NAPS
from harken.domain.bulk.models import BulkChange
from harken.domain.bulk.queries import MOST, Preview, Wish, left_alone, preview, recent
from harken.domain.bulk.services import run
from harken.domain.conversations.models import CloseReason, Priority, Topic
from harken.domain.conversations.queries import in_view
from harken.domain.conversations.queries_tags import tags_in_use
from harken.domain.people.models import Team
from harken.domain.people.queries import answering_people
from harken.kit.refusals import Refusal
from harken.web import screen
from harken.web.access import WRITERS, Request, page
from harken.web.desk.progress import progress_context, told
from harken.web.desk.views import composing
from harken.web.desk.views.inbox import asked_view

#: Actions whose empty value means something.
MAY_BE_EMPTY = {
    "assign": "Nobody",
    "topic": "No topic",
    "close": "No reason: only who has an answer",
}
WITHOUT_VALUE = {"take"}


@page(*WRITERS, method="POST")
def bulk(request: Request) -> HttpResponse:
    """The inside of the dialog: whom, what, and what would happen."""
    wish, every = _wish(request)
    found: Preview | None = None
    problem = ""
    if wish.action:
        try:
            found = preview(wish, by=request.user)
        except Refusal as refusal:
            problem = str(refusal)
    context = {
        "written": wish.view,
        "key": composing.given_key(request) or uuid4(),
        "ids": ",".join(str(pk) for pk in _ids(request)),
        "chosen": len(_ids(request)),
        "every": every,
        "all_of_them": wish.ids is None,
        "action": wish.action,
        "actions": [(name, label) for name, (label, _) in ACTIONS.items()],
        "options": _options(request, wish.action),
        "free_text": wish.action == "tag",
        "needs_value": bool(wish.action) and wish.action not in WITHOUT_VALUE,
        "value": wish.value,
        "preview": found,
        "problem": problem if wish.value or wish.action in MAY_BE_EMPTY else "",
        "most": MOST,
    }
    return screen.render(request, "desk/bulk.html", context)


@page(*WRITERS, method="POST")
def bulk_start(request: Request) -> HttpResponse:
    """Do it."""
    wish, _ = _wish(request)
    begun = run.start(wish, by=request.user, key=composing.given_key(request))
    return told(request, begun, begun=wish.view)


@page(*WRITERS)
def bulk_progress(request: Request, pk: int) -> HttpResponse:
    """How far it is; the toast asks for it every second."""
    return screen.render(request, "desk/_bulk_toast.html", progress_context(_mine(request, pk)))


@page(*WRITERS, method="POST")
def bulk_stop(request: Request, pk: int) -> HttpResponse:
    """Leave the rest as it is."""
    return told(request, run.stop(_mine(request, pk), by=request.user))


@page(*WRITERS)
def changes(request: Request) -> HttpResponse:
    """What this person changed in many conversations lately, and what was left alone."""
    listed = [
        progress_context(change) | {"left": left_alone(change, request.user)}
        for change in recent(request.user)
    ]
    context = screen.frame_context(request) | {"listed": listed}
    return screen.render(request, "desk/changes.html", context)


# --- pieces ----------------------------------------------------------------------------------


def _wish(request: Request) -> tuple[Wish, int]:
    """What is asked for, and how many are in the whole list."""
    view = asked_view(request)
    form, ids = request.POST, _ids(request)
    action = form.get("action", "")
    everybody = form.get("whom", "chosen" if ids else "all") == "all" or not ids
    value = form.get(f"value-{action}", "").strip()
    wish = Wish(action=action, value=value, view=view, ids=None if everybody else tuple(ids))
    return wish, in_view(request.user, view).count()


def _ids(request: Request) -> list[int]:
    """The chosen rows: one field each, or all in one with commas."""
    written = ",".join(request.POST.getlist("ids")).split(",")
    return sorted({int(text) for text in written if text.isascii() and text.isdigit()})[:MOST]


def _options(request: Request, action: str) -> list[tuple[str, str]]:
    empty = [("", MAY_BE_EMPTY[action])] if action in MAY_BE_EMPTY else []
    options: dict[str, Any] = {
        "assign": lambda: [(str(p.pk), str(p)) for p in answering_people()],
        "team": lambda: [(str(team.pk), team.name) for team in Team.objects.all()],
        "topic": lambda: [(str(topic.pk), topic.name) for topic in Topic.objects.all()],
        "tag": lambda: [(tag.name, tag.name) for tag in tags_in_use(request.user).alone()],
        "untag": lambda: [(tag.name, f"#{tag.name}") for tag in tags_in_use(request.user).alone()],
        "priority": lambda: list(Priority.choices),
        "close": lambda: list(CloseReason.choices),
        "snooze": lambda: [(nap, words) for nap, (words, _) in NAPS.items()],
    }
    return empty + options[action]() if action in options else empty


def _mine(request: Request, pk: int) -> BulkChange:
    return get_object_or_404(BulkChange, pk=pk, made_by=request.user)
