"""What a change of many would do, how far one is, and which there were lately."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, IntegerField, QuerySet, Value, When

from harken.domain.bulk.actions import Deed, deed
from harken.domain.bulk.models import BulkChange, BulkItem, ItemState
from harken.domain.conversations.models import Conversation, Place
from harken.domain.conversations.queries import in_view, visible_to
from harken.domain.people.models import User
from harken.domain.presence.queries import written_in_by_others
from harken.kit.refusals import Invalid

MOST = 10_000  # conversations of one change
RECENT = 30  # changes listed
ALREADY = "already so"
WRITES = "a colleague writes there just now"
WILL = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What shall be done to whom: these `ids`, or (None) all that are in the written `view`."""

    action: str
    value: str = ""
    view: str = "all"
    ids: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class Preview:
    """How many are meant, how many will change, and why the others will not."""

    words: str
    total: int
    will: int
    left: tuple[tuple[str, int], ...]


def meant(wish: Wish, by: User) -> QuerySet[Conversation]:
    """The conversations of a wish, as far as this person may see them. Raises `Invalid`."""
    if wish.ids is not None:
        found = visible_to(by).filter(pk__in=wish.ids)
    else:
        try:
            found = in_view(by, wish.view)
        except ValueError as error:
            raise Invalid("This list is not there any more; open another.") from error
    return found.exclude(place=Place.MERGED)


def judged(wish: Wish, by: User) -> tuple[Deed, list[str], QuerySet[Any]]:
    """The deed, its reasons, and the conversations with `reason`: -1 or a reason's place."""
    done = deed(wish.action, wish.value, by=by)
    writing = written_in_by_others(by)
    cases = [(ALREADY, done.already), *done.refused]
    conditions = [When(condition, then=Value(n)) for n, (_, condition) in enumerate(cases)]
    conditions.append(When(pk__in=writing, then=Value(len(cases))))
    reason = Case(*conditions, default=Value(WILL), output_field=IntegerField())
    return done, [*(text for text, _ in cases), WRITES], meant(wish, by).annotate(reason=reason)


def preview(wish: Wish, *, by: User) -> Preview:
    """What would happen now. Raises `Invalid`."""
    done, reasons, found = judged(wish, by)
    counted = dict(found.order_by().values_list("reason").annotate(n=Count("pk")))
    left = [(reasons[n], count) for n, count in sorted(counted.items()) if n != WILL]
    return Preview(done.words, sum(counted.values()), counted.get(WILL, 0), tuple(left))


def tally(change: BulkChange) -> dict[str, int]:
    """How many of a change's conversations are in which state."""
    counted = dict(change.items.order_by().values_list("state").annotate(n=Count("pk")))
    return {state: counted.get(state, 0) for state in ItemState.values}


def recent(by: User) -> QuerySet[BulkChange]:
    """The changes of many this person made lately, the newest first."""
    return BulkChange.objects.filter(made_by=by, is_single=False).order_by("-pk")[:RECENT]


def left_alone(change: BulkChange, by: User, most: int = 50) -> list[tuple[BulkItem, bool]]:
    """What was not changed, or not taken back, and whether the reader may see it."""
    states = [ItemState.LEFT, ItemState.KEPT]
    items = change.items.filter(state__in=states).select_related("conversation__handle")
    found = list(items.order_by("pk")[:most])
    ids = [item.conversation_id for item in found]
    seen = set(visible_to(by).filter(pk__in=ids).values_list("pk", flat=True))
    return [(item, item.conversation_id in seen) for item in found]
