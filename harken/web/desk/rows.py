"""A conversation as a row of the list: what the row macro is given."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import lru_cache
from operator import attrgetter
from typing import Any

from django.template import engines
from django.urls import reverse
from django.utils.timezone import get_current_timezone_name

from harken.domain.channels.registry import connector_classes
from harken.domain.contacts.models import Mark
from harken.domain.conversations.models import Priority
from harken.domain.conversations.queries import Row
from harken.domain.conversations.services.snooze import UNTIL_THEY_WRITE
from harken.domain.triage.queries import Marks
from harken.kit import clock
from harken.web.desk.sorting import mark_words
from harken.web.theme.words import day

#: Whoever was promised nothing stands below everybody else.
NOT_PROMISED = 1e12
DESK_LANGUAGE = "en"
MARKS = {value: label for value, label in Mark.choices if value}
STEADY = 10  # seconds for which a drawn row is used again


@dataclass(frozen=True, slots=True)
class NetworkBadge:
    """A network's letter and name for people."""

    letter: str
    label: str


def badge(network: str) -> NetworkBadge:
    """The badge of a network; a network without a connector any more keeps its own id as name."""
    made = connector_classes().get(network)
    return NetworkBadge(made.letter, made.label) if made else NetworkBadge("?", network)


@dataclass(frozen=True, slots=True)
class Look:
    """How rows are drawn: for which written view and its order, and for whom (an id)."""

    view: str
    order: str
    reader: int


def drawn(row: Row, look: Look, *, current: int | None = None, mark: Marks | None = None) -> str:
    """The row as escaped HTML. `current` is the open conversation, `mark` what triage found in it.

    Most rows of a list are those of a moment ago: the same values are drawn once. Their clocks
    may be `STEADY` seconds old; the browser sets them right as it starts to tick.
    """
    moment = int(clock.monotonic() / STEADY)
    is_late = is_breached(row)
    zoned = (look, get_current_timezone_name())
    return _drawn(moment, _values_of(row), zoned, (row.id == current, is_late), mark)


_values_of = attrgetter(*(field.name for field in fields(Row)))


@lru_cache(maxsize=4096)
def _drawn(
    moment: int,
    values: tuple[Any, ...],
    zoned: tuple[Look, str],
    states: tuple[bool, bool],
    mark: Marks | None,
) -> str:
    del moment  # only part of the key, as are the zone and whether the promise is breached
    row, (look, _), (is_open, _) = Row(*values), zoned, states
    arguments = row_values(row, look, current=row.id if is_open else None, mark=mark)
    engine: Any = engines["jinja2"]
    macros = engine.env.get_template("macros/row.html").module
    html: str = macros.conversation_row(**arguments)
    return html


def row_values(
    row: Row, look: Look, *, current: int | None = None, mark: Marks | None = None
) -> dict[str, object]:
    """The arguments of the `conversation_row` macro; the rest as `drawn`."""
    network = badge(row.network)
    tags = mark_words(mark)
    if row.assignee:
        tags.append(
            "yours" if row.assignee_id == look.reader else f"with {row.assignee.split()[0]}"
        )
    if row.state == "closed":
        tags.append("closed")
    if row.snoozed_by:
        tags.append(_snoozed(row))
    return {
        "id": row.id,
        "url": reverse("desk:conversation", args=[row.id]) + f"?view={look.view}",
        "name": row.name or f"@{row.handle}",
        "excerpt": row.snippet,
        "at": row.last_message_at,
        "order": _order(row, look.order),
        "due": row.due_at,
        "seconds": row.due_seconds or 0,
        "letter": network.letter,
        "network": network.label,
        "topic": row.topic or "",
        "threat": "threat" if mark and mark.threat else "",
        "priority": "" if row.priority == Priority.NORMAL else row.priority,
        "mark": MARKS.get(row.mark, ""),
        "labels": row.tags,
        "tags": tags,
        "language": "" if row.language in {"", DESK_LANGUAGE} else row.language,
        "draft": row.has_draft,
        "promised": row.promised,
        "current": row.id == current,
        "answered": row.waiting_since is None,
        "breached": is_breached(row),
    }


def _snoozed(row: Row) -> str:
    """`until Mon 08:00`, or that it is back and who had put it off."""
    if row.snoozed_until is None:
        return f"back, snoozed by {(row.snoozed_by or '').split()[0]}"
    if row.snoozed_until == UNTIL_THEY_WRITE:
        return "until they write"
    return f"until {day(row.snoozed_until)}"


def is_breached(row: Row) -> bool:
    """Whether the time we promised is over and nobody has answered."""
    return row.due_at is not None and row.due_at <= clock.now()


def _order(row: Row, order: str) -> float:
    if order == "snoozed" and row.snoozed_until is not None:
        return row.snoozed_until.timestamp()
    if order == "hot" and row.due_at is not None:
        return row.due_at.timestamp()
    if order == "hot":
        since = row.waiting_since.timestamp() if row.waiting_since else NOT_PROMISED
        return NOT_PROMISED + since
    return -row.listed_at.timestamp()
