"""Who may see which mentions, and the lists of them: unheard, opportunities, learnt, dismissed.

A mention is for the teams of the monitors that heard it; a monitor without a team hears for
everybody. One that is part of a conversation is, besides, only for who may see that.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet

from harken.domain.conversations.models import Place
from harken.domain.conversations.queries import visible_to
from harken.domain.listening.models import Monitor, MonitorHit, MonitorKind
from harken.domain.listening.models_mentions import Mention, MentionState, Taking
from harken.domain.listening.services.asking import answering_networks
from harken.domain.people.models import User

OURS = (MonitorKind.BRAND, MonitorKind.PRODUCT, MonitorKind.PERSON)
MOST = 100  # lines of a list
MOST_ALIKE = 50  # lines of those that say the same


def mentions_for(user: User) -> QuerySet[Mention]:
    """The mentions this person may know about, folded ones too; posts that still stand."""
    found = Mention.objects.filter(deleted_at=None, by_us=False).filter(_heard(user))
    if user.sees_all:
        return found
    return found.filter(Q(message=None) | Q(message__conversation__in=visible_to(user)))


def _heard(user: User, *kinds: str) -> Exists:
    """Heard by a monitor that hears for this person, of one of these kinds if any are named."""
    hits = MonitorHit.objects.filter(mention=OuterRef("pk"), monitor__retired_at=None)
    if kinds:
        hits = hits.filter(monitor__kind__in=kinds)
    if not user.sees_all:
        mine = list(user.teams.values_list("pk", flat=True))
        hits = hits.filter(Q(monitor__team=None) | Q(monitor__team__in=mine))
    return Exists(hits)


def _waiting() -> Q:
    """Not in the inbox yet and nobody said why not, or in the inbox and not answered yet."""
    asked = Q(state=MentionState.NEW)
    there = Q(
        state=MentionState.TAKEN,
        message__conversation__place__in=(Place.OPEN, Place.SNOOZED),
        message__conversation__waits_since__isnull=False,
    )
    return asked | there


def unheard(user: User) -> QuerySet[Mention]:
    """Who speaks of us without calling us and has no answer, the oldest first."""
    found = mentions_for(user).filter(_waiting(), _heard(user, *OURS), fold=None, untagged=True)
    return found.order_by("sent_at", "pk")


def opportunities(user: User) -> QuerySet[Mention]:
    """Who speaks of a competitor and has no answer of ours, the oldest first."""
    rivals = _heard(user, MonitorKind.COMPETITOR)
    found = mentions_for(user).filter(_waiting(), rivals, fold=None, untagged=True)
    return found.order_by("sent_at", "pk")


def learnt(user: User) -> QuerySet[Mention]:
    """The market's talk, and what somebody learnt from, the newest first."""
    market = Q(_heard(user, MonitorKind.MARKET), state=MentionState.NEW)
    found = mentions_for(user).filter(Q(state=MentionState.LEARNT) | market, fold=None)
    return found.order_by("-sent_at", "-pk")


def dismissed(user: User) -> QuerySet[Mention]:
    """What somebody said nobody needs to answer, the newest first."""
    found = mentions_for(user).filter(state=MentionState.DISMISSED, fold=None)
    return found.order_by("-settled_at", "-pk")


LISTS: dict[str, Callable[[User], QuerySet[Mention]]] = {
    "unheard": unheard,
    "opportunities": opportunities,
    "learnt": learnt,
    "dismissed": dismissed,
}


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
        mine = list(user.teams.values_list("pk", flat=True))
        hits = hits.filter(Q(monitor__team=None) | Q(monitor__team__in=mine))
    hits = hits.order_by("monitor__name", "pk")
    rows = found.select_related("taking", "settled_by", "message__conversation__assignee")
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


def _alike(shown: Sequence[Mention]) -> dict[int, int]:
    """How many more of those not in the inbox say what these say."""
    found = Mention.objects.filter(fold__in=shown, deleted_at=None, message=None)
    return dict(found.values_list("fold").annotate(Count("pk")))


def said_alike(mention: Mention, user: User) -> QuerySet[Mention]:
    """Those folded under a mention that `user` may see, the oldest first."""
    return mentions_for(user).filter(fold=mention).order_by("sent_at", "pk")
