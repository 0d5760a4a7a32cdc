"""Handing on what somebody holds who is not there any more.

Only conversations in which a customer waits or something is promised move; the rest can wait for
their return. Clocks never change. The answer somebody is just writing stays theirs until they
stop; `StillWriting` remembers it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Now

from harken.domain.conversations.models import Conversation, State
from harken.domain.conversations.queries import HOT
from harken.domain.conversations.services.assign import pass_on
from harken.domain.conversations.services.notes import write_note
from harken.domain.notifications.services import notify
from harken.domain.people.models import Team, User
from harken.domain.presence.models import WritingLock
from harken.domain.presence.queries import IDLE
from harken.domain.roster.addresses import MINE
from harken.domain.roster.models import HandoverNote, Layer, OnDuty, StillWriting
from harken.domain.roster.queries import on_duty
from harken.domain.sla.models import AppliedSLA
from harken.kit import clock

SHIFT, ABSENCE = "shift", "absence"  # why somebody left
NOTE_FRESH = timedelta(hours=12)  # an older handover note was for another shift


def held_by(person: User) -> QuerySet[Conversation]:
    """What a person holds in which a customer waits or something is still promised."""
    promised = AppliedSLA.objects.filter(conversation=OuterRef("pk"), ended_at=None)
    mine = Conversation.objects.filter(assignee=person, state=State.OPEN)
    return mine.filter(Q(waiting_since__isnull=False) | Exists(promised))


def hand_on(person: User, *, team: Team | None, why: str) -> list[Conversation]:
    """Give what `person` holds to who is on; needs an open transaction. Returns what moved.

    `team`: whose shift ended; None when they are away altogether. Teams in which they are still on
    keep theirs. Each conversation goes to who is on in its team, evenly, or back to the team. Done
    twice, the second finds nothing.
    """
    on_in = set(OnDuty.objects.filter(person=person).values_list("team_id", flat=True))
    held = held_by(person)
    if why == SHIFT and on_in:
        held = held.filter(team=team)
    held = held.select_for_update(of=("self",)).select_related("team").order_by("pk")
    found = list(held)
    locked = _being_written(person, found)
    StillWriting.objects.bulk_create(
        (
            StillWriting(conversation=each, person=person, team=team, why=why)
            for each in found
            if each.pk in locked
        ),
        ignore_conflicts=True,
    )
    free = [each for each in found if each.pk not in locked]
    _give(free, person, team, why)
    return free


def hand_on_written() -> None:
    """Give on what its holder has stopped writing in; needs an open transaction."""
    live = WritingLock.objects.filter(
        conversation=OuterRef("pk"), user=OuterRef("person"), typed_at__gt=Now() - IDLE
    )
    rows = StillWriting.objects.select_for_update(of=("self",), skip_locked=True)
    for row in list(rows.exclude(Exists(live)).select_related("person", "team", "conversation")):
        team = row.conversation.team_id or row.team_id
        if not OnDuty.objects.filter(person=row.person, team=team).exists():
            found = held_by(row.person).filter(pk=row.conversation_id)
            found = found.select_for_update(of=("self",)).select_related("team")
            _give(list(found), row.person, row.team, row.why)
        row.delete()


def _being_written(person: User, held: Sequence[Conversation]) -> set[int]:
    live = WritingLock.objects.filter(user=person, typed_at__gt=Now() - IDLE)
    return set(live.filter(conversation__in=held).values_list("conversation_id", flat=True))


def _give(held: Sequence[Conversation], person: User, team: Team | None, why: str) -> None:
    groups: dict[Team | None, list[Conversation]] = defaultdict(list)
    for each in sorted(held, key=_hotness):
        groups[each.team or team].append(each)
    for where, conversations in groups.items():
        for to, share in _shares(conversations, person, where):
            pass_on(share, to=to, cause=why)
            body = _note(person, where, to, why)
            if to is not None:
                _tell(to, person, share)
            for each in share:
                write_note(each, body=body, client_key=uuid4(), by=None)


def _tell(to: User, person: User, share: Sequence[Conversation]) -> None:
    """One word for all of them, not one for each."""
    what = "a conversation" if len(share) == 1 else f"{len(share)} conversations"
    only = share[0] if len(share) == 1 else None
    notify(
        "handover", to=[to], text=f"You have {what} of {person} now", conversation=only, url=MINE
    )


def _hotness(conversation: Conversation) -> tuple[tuple[bool, object], ...]:
    found = (getattr(conversation, column) for column in HOT)
    return tuple((value is None, value or 0) for value in found)


def _shares(
    conversations: Sequence[Conversation], person: User, team: Team | None
) -> Iterable[tuple[User | None, list[Conversation]]]:
    """Who gets which: always whoever has the fewest, the hottest first."""
    people = [user for user in (on_duty(team) if team else []) if user.pk != person.pk]
    if not people:
        return [(None, list(conversations))]
    open_ones = Conversation.objects.filter(assignee__in=people, state=State.OPEN)
    counted = open_ones.values_list("assignee").annotate(Count("id")).order_by()
    load = dict.fromkeys((user.pk for user in people), 0) | dict(counted)
    shares: dict[User, list[Conversation]] = defaultdict(list)
    for each in conversations:
        least = min(people, key=lambda user: load[user.pk])
        load[least.pk] += 1
        shares[least].append(each)
    return list(shares.items())


def _note(person: User, team: Team | None, to: User | None, why: str) -> str:
    """Who left, why, who has it now, and what they left word of."""
    left = f"{person}'s shift ended" if why == SHIFT else f"{person} is away"
    now = f"{to} has this conversation now" if to else "it is back with the team, nobody is on"
    words = f"{left} at {_time_in(team)}: {now}."
    written = HandoverNote.objects.filter(author=person, written_at__gt=Now() - NOTE_FRESH)
    note = written.filter(Q(team=team) if team else Q()).order_by(F("written_at").desc()).first()
    return f"{words}\n\nHandover note: {note.body}" if note else words


def _time_in(team: Team | None) -> str:
    """The time of day where the team works, and which zone that is."""
    layer = Layer.objects.filter(team=team, retired_at=None).order_by("kind", "position").first()
    zone = layer.zone if layer else "UTC"
    return f"{clock.now().astimezone(ZoneInfo(zone)):%H:%M} ({zone})"
