"""Taking conversations out of the house as a file: whoever does it is in the journal."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import transaction
from django.db.models import QuerySet

from harken.domain.conversations.events import ConversationsExported
from harken.domain.conversations.models import Conversation
from harken.domain.conversations.queries_export import Cell, cells, hit_cells, hits
from harken.domain.conversations.queries_search import Filters
from harken.domain.journal.services import record
from harken.domain.people.models import User


def export(found: QuerySet[Conversation], *, what: str, by: User) -> Iterator[tuple[Cell, ...]]:
    """The rows of `found`, which holds only what `by` may see; `what` names it for the journal."""
    with transaction.atomic():
        _note(found.count(), what, by)
    return cells(found)


def export_search(words: str, filters: Filters, *, by: User) -> Iterator[tuple[Cell, ...]]:
    """What `by` finds with these words. Raises `TooWide`."""
    found = hits(by, words, filters)
    with transaction.atomic():
        _note(len(found), "search", by)
    return hit_cells(found)


def _note(count: int, what: str, by: User) -> None:
    record(ConversationsExported(by=by.pk, only_for=by.pk, count=count, what=what))
