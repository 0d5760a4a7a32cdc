"""The lists of mentions, one mention, and what is done with it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse

from harken.domain.channels.registry import connector_classes
from harken.domain.listening import queries_mention_lines as listing
from harken.domain.listening import queries_mentions as mentions
from harken.domain.listening.models_mentions import DismissReason, Mention
from harken.domain.listening.queries import monitors_listed
from harken.domain.listening.services import settle
from harken.domain.listening.services.asking import ask_for
from harken.kit.ids import number_in
from harken.web import screen
from harken.web.access import EVERYBODY, WRITERS, Request, page
from harken.web.errors import is_fragment

MOST_AGAIN = 1_000  # lines that are drawn again at once

#: list, name, the sentence under it, and what an empty one teaches
NAMES = {
    "unheard": (
        "Unheard",
        "Who speaks of us without calling us and has no answer, the oldest first.",
        "Everybody was heard",
        "When a monitor of a brand, a product or a person hears a post without our handle in it, "
        "it stands here until somebody takes it. Posts with our handle come to the inbox anyway.",
    ),
    "opportunities": (
        "Opportunities",
        "Customers of competitors who have no answer of ours, the oldest first.",
        "No opportunities now",
        "A monitor of the kind “A competitor” brings its unanswered customers here: for some of "
        "them you have the better answer.",
    ),
    "learnt": (
        "Learnt",
        "What the market talks about, and what one of us learnt from, the newest first.",
        "Nothing to learn from yet",
        "A monitor of the kind “Our market” brings its posts here. Press l on any mention to put "
        "it here as well, with a note of what there is to learn.",
    ),
    "dismissed": (
        "Dismissed",
        "What nobody needs to answer, with the reason, the last one first.",
        "Nothing was dismissed",
        "Press e on a mention that is not about us, or needs no answer. It can be brought back.",
    ),
}


@page(*EVERYBODY)
def listed(request: Request) -> HttpResponse:
    """One list (`list`), from the line behind `after` on.

    Where the browser asks for what changed, its inside alone, as many lines as it shows (`rows`);
    where it goes on below, the next lines.
    """
    return _list(request)


@page(*EVERYBODY)
def mention(request: Request, pk: int) -> HttpResponse:
    """One mention in full, those that say the same, and everything that can be done with it.

    Those that say the same from the line behind `after` on; where the browser goes on below, they
    alone.
    """
    found = _mention(request, pk)
    every = mentions.mentions_for(request.user)
    (line,) = listing.lines(every.filter(pk=found.pk), request.user)
    after, said_alike = _after(request), mentions.said_alike(found, request.user)
    alike = listing.page_of(said_alike, request.user, after, listing.MOST_ALIKE)
    context = _words(request) | {"line": line, "alike": alike, "after": after}
    if is_fragment(request) and after:
        return screen.render(request, "desk/_alike_rows.html", context)
    context |= screen.frame_context(request)
    context["which"] = listing.list_of(line)
    context["said"] = [str(each) for each in messages.get_messages(request)]
    return screen.render(request, "desk/mention.html", context)


@page(*WRITERS, method="POST")
def take_mention(request: Request, pk: int) -> HttpResponse:
    """Ask it into the inbox, to answer it."""
    found = ask_for(_mention(request, pk), by=request.user)
    if found.message is not None:
        return _go(request, reverse("desk:conversation", args=[found.message.conversation_id]))
    return _done(request, "It comes to your inbox as soon as the network has given it.")


@page(*WRITERS, method="POST")
def learn_mention(request: Request, pk: int) -> HttpResponse:
    """Put it to what the house learns from, with `note`."""
    found = settle.learn_from(_mention(request, pk), request.POST.get("note", ""), by=request.user)
    return _done(request, "Learnt", found)


@page(*WRITERS, method="POST")
def dismiss_mention(request: Request, pk: int) -> HttpResponse:
    """Say why (`reason`, `note`) nobody answers it."""
    reason, note = request.POST.get("reason", ""), request.POST.get("note", "")
    found = settle.dismiss(_mention(request, pk), reason, note, by=request.user)
    return _done(request, f"Dismissed: {found.get_reason_display()}", found)


@page(*WRITERS, method="POST")
def restore_mention(request: Request, pk: int) -> HttpResponse:
    """Bring it back to the list it came from."""
    settle.bring_back(_mention(request, pk), by=request.user)
    return _done(request, "It is back in its list")


# --- pieces ----------------------------------------------------------------------------------


def _mention(request: Request, pk: int) -> Mention:
    return get_object_or_404(mentions.mentions_for(request.user), pk=pk)


def _words(request: Request) -> dict[str, Any]:
    return {
        "networks": {name: made.label for name, made in connector_classes().items()},
        "reasons": [(each.value, str(each.label)) for each in DismissReason],
        "names": NAMES,
        "reader": request.user,
    }


def _list(request: Request, toast: str = "", undo: Mention | None = None) -> HttpResponse:
    which = request.POST.get("list") or request.GET.get("list", "unheard")
    if which not in NAMES:
        raise Http404(which)
    found, after = mentions.LISTS[which](request.user), _after(request)
    shown = listing.page_of(found, request.user, after, _wanted(request))
    context = _words(request) | {"which": which, "lines": shown.lines, "next": shown.next}
    if is_fragment(request) and after:
        return screen.render(request, "desk/_mention_rows.html", context)
    is_all = after is None and shown.next is None
    context |= {
        "after": after,
        "total": len(shown.lines) if is_all else found.count(),
        "listens": bool(shown.lines) or monitors_listed().exists(),
        "toast_text": toast,
        "undo": undo,
    }
    if is_fragment(request):
        return screen.render(request, "desk/_mentions.html", context)
    context |= screen.frame_context(request) | {
        "said": [str(each) for each in messages.get_messages(request)],
    }
    return screen.render(request, "desk/mentions.html", context)


def _after(request: Request) -> listing.Place | None:
    try:
        asked = request.GET.get("after", "")
        return listing.Place.read(asked) if asked else None
    except ValueError as error:
        raise Http404("after") from error


def _wanted(request: Request) -> int:
    """As many lines as the browser shows already, so that none goes away under the reader."""
    asked = request.POST.get("rows") or request.GET.get("rows", "")
    return min(max(number_in(asked) or 0, listing.MOST), MOST_AGAIN)


def _done(request: Request, sentence: str, undo: Mention | None = None) -> HttpResponse:
    if is_fragment(request):
        return _list(request, sentence, undo)
    messages.success(request, f"{sentence}.".replace("..", "."))
    which = request.POST.get("list", "")
    return HttpResponseRedirect(
        reverse("desk:mentions") + (f"?list={which}" if which in NAMES else "")
    )


def _go(request: Request, address: str) -> HttpResponse:
    if not is_fragment(request):
        return HttpResponseRedirect(address)
    response = HttpResponse(status=204)
    response["HX-Redirect"] = address
    return response
