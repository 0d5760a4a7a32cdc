"""What goes into a file: conversations as rows of cells, read in pages however many there are."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db.models import QuerySet

from harken.domain.conversations.models import Conversation
from harken.domain.conversations.queries_search import Filters, Hit, search
from harken.domain.people.models import User

PAGE = 500  # conversations read at once
MOST_HITS = 5000  # of a search; who needs more narrows it

Cell = str | int | datetime | None

#: A column's title, and where its cell is found.
COLUMNS = {
    "number": "pk",
    "network": "channel__network",
    "name": "handle__display_name",
    "handle": "handle__handle",
    "state": "state",
    "topic": "topic__name",
    "team": "team__name",
    "assignee": "assignee__display_name",
    "language": "language",
    "messages": "message_count",
    "opened": "opened_at",
    "last message": "last_message_at",
    "waiting since": "waiting_since",
    "due": "due_at",
    "without an owner since": "unowned_since",
    "closed": "closed_at",
    "closed because": "close_reason",
    "what they say": "snippet",
}
HIT_COLUMNS = ("conversation", "network", "name", "handle", "at", "by", "what", "text")


def cells(found: QuerySet[Conversation]) -> Iterator[tuple[Cell, ...]]:
    """The titles, then a row for each conversation, the newest first, by keyset."""
    yield tuple(COLUMNS)
    ordered = found.order_by("-pk")
    below: int | None = None
    while True:
        page = ordered.filter(pk__lt=below) if below else ordered
        rows = list(page.values_list(*COLUMNS.values())[:PAGE])
        yield from rows
        if len(rows) < PAGE:
            return
        below = rows[-1][0]


def hits(user: User, words: str, filters: Filters) -> list[Hit]:
    """What a search finds, notes first, then messages; `MOST_HITS` at most.

    Raises `TooWide` as `search` does.
    """
    found = search(user, words, filters)
    gathered = [*found.notes, *found.messages]
    while found.next and len(gathered) < MOST_HITS:
        found = search(user, words, filters, before=found.next)
        gathered += found.messages
    return gathered[:MOST_HITS]


def hit_cells(found: list[Hit]) -> Iterator[tuple[Cell, ...]]:
    """The titles, then a row for each hit."""
    yield HIT_COLUMNS
    for hit in found:
        conversation = hit.conversation
        yield (
            conversation.pk,
            conversation.channel.network,
            conversation.handle.display_name,
            conversation.handle.handle,
            hit.at,
            hit.by,
            f"{hit.kind}, private" if hit.private else hit.kind,
            "".join(text for text, _ in hit.pieces),
        )
