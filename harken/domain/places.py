"""Lists whose order people choose: each row knows its place."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet


def change_places(listed: QuerySet[Any], pk: int, *, up: bool) -> bool:
    """Let the row `pk` and its neighbour above or below change places; in a transaction.

    `listed` are the rows of one list in their order, each with a `position`. False, and nothing
    happens, at the end of the list or where the row is not in it.
    """
    rows = list(listed.select_for_update())
    at = next((n for n, each in enumerate(rows) if each.pk == pk), None)
    to = -1 if at is None else at + (-1 if up else 1)
    if at is None or not 0 <= to < len(rows):
        return False
    rows[at], rows[to] = rows[to], rows[at]
    for number, each in enumerate(rows, start=1):
        each.position = number
    listed.model._default_manager.bulk_update(rows, ["position"])
    return True
