"""Mentions as they are listed: each with what is shown of it, page after page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db.models import Count, Prefetch, Q, QuerySet

from harken.domain.listening.models import Monitor, MonitorHit, MonitorKind
from harken.domain.listening.models_mentions import Mention, MentionState, Taking
from harken.domain.listening.queries_mentions import OURS, hears_for
from harken.domain.listening.services.asking import answering_networks
from harken.domain.people.models import User
from harken.kit.ids import number_in

MOST = 100  # lines of a page
MOST_ALIKE = 50  # lines of those that say the same


@dataclass(frozen=True, slots=True)
class Line:
    """One mention as it is listed.

    `monitors` are those that heard it, as far as the reader may know; `alike` how many more say
    the same. `taking` is how far it is on its way, `can_take` whether an account of ours could
    answer it.
    """

    mention: Mention
    monitors: tuple[Monitor, ...]
    alike: int
    taking: Taking | None
    can_take: bool


def lines(found: QuerySet[Mention], user: User, most: int = MOST) -> list[Line]:
    """The first of these mentions with what is shown of each."""
    hits = MonitorHit.objects.filter(monitor__retired_at=None).select_related("monitor")
    if not user.sees_all:
        hits = hits.filter(hears_for(user))
    hits = hits.order_by("monitor__name", "pk")
    rows = found.select_related(
        "taking", "settled_by", "message__conversation__assignee", "message__handle"
    )
    rows = rows.defer("message__raw", "message__words", "sketch")
    shown = list(rows.prefetch_related(Prefetch("hits", hits, to_attr="heard"))[:most])
    alike, networks = _alike(shown), answering_networks()
    return [
        Line(
            each,
            tuple(hit.monitor for hit in each.heard),
            alike.get(each.pk, 0),
            getattr(each, "taking", None),
            each.message_id is None and each.network in networks,
        )
        for each in shown
    ]


def list_of(line: Line) -> str:
    """The list in which a mention stands, or stood before it was taken: a name of `LISTS`."""
    if line.mention.state in (MentionState.LEARNT, MentionState.DISMISSED):
        return line.mention.state
    kinds = {each.kind for each in line.monitors}
    if kinds & set(OURS):
        return "unheard"
    return "opportunities" if MonitorKind.COMPETITOR in kinds else "learnt"


def _alike(shown: Sequence[Mention]) -> dict[int, int]:
    """How many more of those not in the inbox say what these say."""
    found = Mention.objects.filter(fold__in=shown, deleted_at=None, message=None)
    return dict(found.values_list("fold").annotate(Count("pk")))


class Place(NamedTuple):
    """Where a page of a list ends: behind the mention of this moment and id."""

    at: datetime
    id: int

    def __str__(self) -> str:
        return f"{self.at.isoformat()},{self.id}"

    @classmethod
    def read(cls, text: str) -> Place:
        """What `str` wrote. Raises `ValueError` for anything else."""
        at, _, id_ = text.partition(",")
        moment = datetime.fromisoformat(at)
        number = number_in(id_)
        if moment.tzinfo is None or number is None:
            raise ValueError(text)
        return cls(moment, number)


class Page(NamedTuple):
    """Some lines of a list; `next` is where the following page begins, None at the end."""

    lines: list[Line]
    next: Place | None


def page_of(found: QuerySet[Mention], user: User, after: Place | None, most: int = MOST) -> Page:
    """The next lines of a list that is ordered by a moment and the id, both the same way round."""
    field = str(found.query.order_by[0])
    name, way = (field[1:], "lt") if field.startswith("-") else (field, "gt")
    if after is not None:
        same = Q(**{name: after.at, f"pk__{way}": after.id})
        # Also said in one comparison, which an index can follow.
        found = found.filter(Q(**{f"{name}__{way}e": after.at}))
        found = found.filter(Q(**{f"{name}__{way}": after.at}) | same)
    shown = lines(found, user, most + 1)
    if len(shown) <= most:
        return Page(shown, None)
    last = shown[most - 1].mention
    return Page(shown[:most], Place(getattr(last, name), last.pk))
