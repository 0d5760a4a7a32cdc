"""What the snooze dialog offers and what it makes of the words one types."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from django.utils import timezone

from harken.domain.conversations.models import Conversation
from harken.domain.conversations.models_set_aside import Snooze
from harken.domain.conversations.services.snooze import UNTIL_THEY_WRITE, latest_for
from harken.domain.conversations.snooze_words import read_until
from harken.domain.sla.work_time import house_zone, work_time_of
from harken.kit import clock
from harken.kit.moments import NotUnderstood
from harken.web.access import Request
from harken.web.zones import zone_of

#: What is written on the button, and the words it stands for: typing them does the same.
PRESETS = (
    ("Later today", "3h"),
    ("This afternoon", "this afternoon"),
    ("This evening", "tonight"),
    ("Tomorrow", "tomorrow"),
    ("Next business day", "next business day"),
    ("Weekend", "weekend"),
    ("Next week", "next week"),
    ("Until they write", "until they write"),
)
SHORT = (("In 10 minutes", "10 min"), ("In 20 minutes", "20 min"), ("In an hour", "1h"))


@dataclass(frozen=True, slots=True)
class Preset:
    """One button: its label, the words, and the moment they mean now."""

    label: str
    words: str
    moment: str


@dataclass(frozen=True, slots=True)
class Understood:
    """What typed words mean: a sentence, and whether it can be done."""

    text: str
    is_possible: bool


def presets(request: Request, conversation: Conversation) -> list[Preset]:
    """The moments on offer, soonest first, none twice; for who waits only those in time."""
    latest = latest_for(conversation) if conversation.waits_since else None
    offered: dict[datetime, Preset] = {}
    for label, words in (*SHORT, *PRESETS) if conversation.waits_since else PRESETS:
        try:
            until = read(request, conversation, words)
        except NotUnderstood:
            continue
        too_late = latest is not None and until > latest
        if not too_late and not (conversation.waits_since and until == UNTIL_THEY_WRITE):
            offered.setdefault(until, Preset(label, words, shown(until, zone(request))))
    return [offered[until] for until in sorted(offered)]


def read(request: Request, conversation: Conversation, text: str) -> datetime:
    """The moment of the words in the zone of who types. Raises `NotUnderstood`."""
    here = zone(request)
    work = work_time_of(conversation, here)
    return read_until(text, now=clock.now(), zone=here, work=work)


def understood(request: Request, conversation: Conversation, text: str) -> Understood:
    """What the dialog says under the field while one types."""
    if not text.strip():
        return Understood("Write for example 3h, tomorrow 9:30, friday, 1 dec or next week.", False)
    try:
        until = read(request, conversation, text)
    except NotUnderstood as error:
        return Understood(str(error), False)
    latest = latest_for(conversation) if conversation.waits_since else None
    if conversation.waits_since and until == UNTIL_THEY_WRITE:
        return Understood("They have written and wait. Choose a moment, or answer first.", False)
    if latest is not None and until > latest:
        return Understood(f"{shown(until, zone(request))} is after the answer is due.", False)
    return Understood(f"{shown(until, zone(request))}{_distance(until)}", True)


def asleep(conversation: Conversation) -> Snooze | None:
    """The snooze that runs, or the one a conversation just woke from; None for most."""
    if conversation.snoozed_by_id is None:
        return None
    newest = Snooze.objects.filter(conversation=conversation).select_related("made_by")
    return newest.order_by("-pk").first()


def zone(request: Request) -> tzinfo:
    """Theirs, else that of the house's business hours, else the site's."""
    return zone_of(request) or house_zone() or timezone.get_current_timezone()


def shown(until: datetime, zone: tzinfo) -> str:
    """A moment for people: `Mon 23 Nov, 08:00`; with the year when it is another one."""
    if until == UNTIL_THEY_WRITE:
        return "until they write"
    local, today = until.astimezone(zone), clock.now().astimezone(zone)
    year = "" if local.year == today.year else f" {local.year}"
    return f"{local:%a} {local.day} {local:%b}{year}, {local:%H:%M}"


def _distance(until: datetime) -> str:
    if until == UNTIL_THEY_WRITE:
        return ""
    left = until - clock.now()
    if left < timedelta(hours=1):
        return f", in {max(1, round(left.total_seconds() / 60))} min"
    if left < timedelta(days=1):
        return f", in {round(left.total_seconds() / 3600)} h"
    days = round(left.total_seconds() / 86400)
    return f", in {days} day{'s' if days > 1 else ''}"
