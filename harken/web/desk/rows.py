"""A conversation as a row of the list: what the row macro is given."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from harken.domain.channels.registry import connector_classes
from harken.domain.conversations.queries import Row
from harken.kit import clock

#: Views in which the least time left stands first; everywhere else the newest word does.
BY_DUE = {"hot"}
#: Whoever was promised nothing stands below everybody else.
NOT_PROMISED = 1e12
DESK_LANGUAGE = "en"


@dataclass(frozen=True, slots=True)
class NetworkBadge:
    """A network's letter and name for people."""

    letter: str
    label: str


def badge(network: str) -> NetworkBadge:
    """The badge of a network; a network without a connector any more keeps its own id as name."""
    made = connector_classes().get(network)
    return NetworkBadge(made.letter, made.label) if made else NetworkBadge("?", network)


def row_values(
    row: Row, *, view: str, reader: int, current: int | None = None
) -> dict[str, object]:
    """The arguments of the `conversation_row` macro. `reader` is the id of who looks."""
    network = badge(row.network)
    tags = []
    if row.assignee:
        tags.append("yours" if row.assignee_id == reader else f"with {row.assignee.split()[0]}")
    if row.state == "closed":
        tags.append("closed")
    return {
        "id": row.id,
        "url": reverse("desk:conversation", args=[row.id]) + f"?view={view}",
        "name": row.name or f"@{row.handle}",
        "excerpt": row.snippet,
        "at": row.last_message_at,
        "order": _order(row, view),
        "due": row.due_at,
        "seconds": row.due_seconds or 0,
        "letter": network.letter,
        "network": network.label,
        "topic": row.topic or "",
        "tags": tags,
        "language": "" if row.language in {"", DESK_LANGUAGE} else row.language,
        "draft": row.has_draft,
        "current": row.id == current,
        "answered": row.waiting_since is None,
        "breached": row.due_at is not None and row.due_at <= clock.now(),
    }


def _order(row: Row, view: str) -> float:
    if view in BY_DUE and row.due_at is not None:
        return row.due_at.timestamp()
    if view in BY_DUE and row.waiting_since is not None:
        return NOT_PROMISED + row.waiting_since.timestamp()
    return -row.last_message_at.timestamp()
