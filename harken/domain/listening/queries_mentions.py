"""Who may see which mentions, and the lists of them: unheard, opportunities, learnt, dismissed.

A mention is for the teams of the monitors that heard it; a monitor without a team hears for
everybody. One that is part of a conversation is, besides, only for who may see that.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from harken.domain.conversations.models import Place
from harken.domain.conversations.queries import visible_to
from harken.domain.listening.models import MonitorHit, MonitorKind
from harken.domain.listening.models_mentions import Mention, MentionState
from harken.domain.lookups import Lookup
from harken.domain.people.models import User

OURS = (MonitorKind.BRAND, MonitorKind.PRODUCT, MonitorKind.PERSON)
MOST_COUNTED = 1_000  # mentions


def mentions_for(user: User) -> QuerySet[Mention]:
    """The mentions this person may know about, folded ones too; posts that still stand."""
    return _standing(user).filter(Exists(_hits(user)))


def _standing(user: User) -> QuerySet[Mention]:
    """Posts that still stand, in no conversation that is not for this person."""
    found = Mention.objects.filter(deleted_at=None, by_us=False)
    if user.sees_all:
        return found
    seen = visible_to(user).filter(pk=OuterRef("message__conversation"))
    return found.filter(Q(message=None) | Q(Exists(seen)))


def _hits(user: User) -> QuerySet[MonitorHit]:
    """The hits of a mention by monitors that hear for this person."""
    hits = MonitorHit.objects.filter(mention=OuterRef("pk"), monitor__retired_at=None)
    return hits if user.sees_all else hits.filter(hears_for(user))


def hears_for(user: User) -> Q:
    """Hits of monitors of no team, or of one of theirs."""
    return Q(monitor__team=None) | Q(monitor__team__in=user.teams.values("pk"))


#: Not in the inbox yet, and nobody said why not.
_ASKED = Q(state=MentionState.NEW)
#: In the inbox, and not answered yet; each place has an index of its own.
_THERE = Q(
    Q(message__conversation__place=Place.OPEN) | Q(message__conversation__place=Place.SNOOZED),
    state=MentionState.TAKEN,
    message__conversation__waits_since__isnull=False,
)


def unheard(user: User) -> QuerySet[Mention]:
    """Who speaks of us without calling us and has no answer, the oldest first."""
    return _waiting(user, *OURS).filter(_ASKED | _THERE).order_by("sent_at", "pk")


def _waiting(user: User, *kinds: str) -> QuerySet[Mention]:
    """Those that a monitor of these kinds heard; what waits among them is for the caller to say."""
    hits = _hits(user).filter(monitor__kind__in=kinds)
    # Asked of one mention after the other: as an EXISTS it may become a join with every hit there
    # ever was, and few of them wait.
    found = _standing(user).alias(hit=Subquery(hits.values("pk")[:1]))
    return found.filter(hit__isnull=False, fold=None, untagged=True)


def unheard_lookups(user: User) -> dict[str, Lookup[int]]:
    """What `unheard_counted` reads; two questions, since each alone follows an index."""
    return {
        "unheard": _counted(_waiting(user, *OURS).filter(_ASKED)),
        "unheard_there": _counted(_waiting(user, *OURS).filter(_THERE)),
    }


def unheard_counted(found: Mapping[str, Any]) -> int:
    """How many stand in `unheard`; beyond `MOST_COUNTED` they are not all counted."""
    return int(found["unheard"]) + int(found["unheard_there"])


def _counted(found: QuerySet[Mention]) -> Lookup[int]:
    # The number is asked at every event of every reader: what is more than anybody reads one by
    # one ends the count.
    return Lookup(found.order_by().values_list("pk")[:MOST_COUNTED], len)


def opportunities(user: User) -> QuerySet[Mention]:
    """Who speaks of a competitor and has no answer of ours, the oldest first."""
    found = _waiting(user, MonitorKind.COMPETITOR).filter(_ASKED | _THERE)
    return found.order_by("sent_at", "pk")


def learnt(user: User) -> QuerySet[Mention]:
    """The market's talk, and what somebody learnt from, the newest first."""
    hits = _hits(user).filter(monitor__kind=MonitorKind.MARKET)
    market = Q(Exists(hits), state=MentionState.NEW)
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


def said_alike(mention: Mention, user: User) -> QuerySet[Mention]:
    """Those folded under a mention that `user` may see, the oldest first."""
    return mentions_for(user).filter(fold=mention).order_by("sent_at", "pk")
