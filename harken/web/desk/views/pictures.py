"""Pictures of posts, from our own address."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404

from harken.domain.channels.pictures import fetch_picture
from harken.domain.conversations.models import ContextPost, Conversation, Message
from harken.domain.conversations.queries import above
from harken.web.access import EVERYBODY, Request, page
from harken.web.desk.thread import on_the_web
from harken.web.desk.views.conversation import visible

KEPT_SECONDS = 86_400  # a post's picture does not change


@page(*EVERYBODY)
def picture(request: Request, pk: int, kind: str, of: int, number: int) -> HttpResponse:
    """Picture `number` (from 0) of a message or a post above it, as the network serves it now."""
    post = _post(visible(request, pk), kind, of)
    images = post.images if isinstance(post.images, list) else []
    if number >= len(images):
        raise Http404(number)
    image = images[number]
    found = fetch_picture(on_the_web(image.get("thumb") or image.get("url") or ""))
    if found is None:
        raise Http404(number)
    response = HttpResponse(found.content, content_type=found.kind)
    response["Cache-Control"] = f"private, max-age={KEPT_SECONDS}"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _post(conversation: Conversation, kind: str, pk: int) -> Message | ContextPost:
    if kind == "message":
        return get_object_or_404(Message.objects.filter(conversation=conversation), pk=pk)
    shown = above(conversation, list(conversation.messages.defer("raw", "words")))
    found = next((post for post in shown if post.pk == pk), None)
    if found is None:  # a public post of some other conversation
        raise Http404(pk)
    return found
