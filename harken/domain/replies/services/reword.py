"""Other words for an answer that waits for approval; whether somebody may is the caller's."""

from __future__ import annotations

import hashlib

from harken.domain.people.models import User
from harken.domain.replies.alike import plain, shape, trigrams
from harken.domain.replies.models import Reply, ReplyShape, ReplyState
from harken.domain.replies.queries_alike import personal_words
from harken.domain.replies.services.release import NotWaiting


def digest(text: str) -> str:
    """The SHA-256 of a text's bytes at the network (UTF-8), in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def reword(reply: Reply, text: str, *, author: User) -> Reply:
    """Give it this text and author, and return it. Needs an open transaction.

    Raises `NotWaiting` once it is decided.
    """
    waiting = Reply.objects.filter(pk=reply.pk, state=ReplyState.APPROVAL)
    if not waiting.update(body=text, body_sha256=digest(text), author=author):
        raise NotWaiting("It is decided already. Reload to see what became of it.")
    reply.body, reply.body_sha256, reply.author = text, digest(text), author
    bands = shape(trigrams(plain(text, personal_words(reply.conversation, author))))
    ReplyShape.objects.filter(reply=reply).delete()
    if bands:
        ReplyShape.objects.create(reply=reply, bands=bands)
    return reply
