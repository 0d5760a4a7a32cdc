"""What the checks found, as the re-read view shows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from harken.domain.conversations.models import Conversation
from harken.domain.people.models import User
from harken.domain.replies.checks.port import Earlier
from harken.domain.replies.checks.registry import Found
from harken.domain.replies.queries_alike import earlier_like

COPY = "copy"


@dataclass(frozen=True, slots=True)
class Shown:
    """One finding. `starts` and `ends` are its place in the text field, None for all of the text.

    `earlier` are the replies it repeats.
    """

    id: str
    weight: str
    label: str
    why: str
    fix: str
    starts: int | None
    ends: int | None
    earlier: Sequence[Earlier] = ()


def shown(
    found: Sequence[Found], typed: str, body: str, *, conversation: Conversation, by: User
) -> list[Shown]:
    """The findings about `body`, which is what was `typed` without the space around it."""
    before = max(typed.find(body), 0)
    return [
        Shown(
            each.id,
            each.severity.value,
            each.check.label,
            each.finding.why,
            each.finding.fix,
            *_place(each, typed, before),
            earlier_like(body, conversation, by=by) if each.check.key == COPY else (),
        )
        for each in found
    ]


def _place(found: Found, typed: str, before: int) -> tuple[int | None, int | None]:
    """The first stretch it is about, counted as browsers count: in UTF-16."""
    if not found.finding.spans:
        return None, None
    start, end = found.finding.spans[0]
    return _units(typed[: before + start]), _units(typed[: before + end])


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
