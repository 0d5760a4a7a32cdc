"""Sending later: the words one types beside the second send key, and what they mean."""

from __future__ import annotations

from datetime import datetime

from harken.domain.conversations.models import Conversation
from harken.domain.replies.services.schedule import check_moment
from harken.domain.sla.work_time import work_time_of
from harken.kit import clock
from harken.kit.moments import NotUnderstood, read_moment
from harken.kit.refusals import Invalid
from harken.web.access import Request
from harken.web.desk.snoozing import Understood, shown, zone

LONGEST = 64  # characters
AT_ONCE = "At once. Or write for example tomorrow 9:00, monday, in 2 hours."


class NotAMoment(Invalid):
    """The words beside the send key name no moment to send at."""


def words(request: Request) -> str:
    """What was typed as the moment to send at; empty: at once."""
    return str(request.POST.get("send_at", ""))[:LONGEST].strip()


def asked_for(request: Request, found: Conversation) -> datetime | None:
    """The moment to send at; None: at once. Raises `NotAMoment`."""
    typed = words(request)
    return read(request, found, typed) if typed else None


def read(request: Request, found: Conversation, typed: str) -> datetime:
    """The moment of the words in the zone of who types. Raises `NotAMoment`."""
    here = zone(request)
    work = work_time_of(found, here)
    try:
        return check_moment(read_moment(typed, now=clock.now(), zone=here, work=work))
    except (NotUnderstood, Invalid) as error:
        raise NotAMoment(str(error)) from error


def understood(request: Request, found: Conversation, typed: str) -> Understood:
    """What stands under the field while one types."""
    if not typed.strip():
        return Understood(AT_ONCE, False)
    try:
        moment = read(request, found, typed)
    except NotAMoment as error:
        return Understood(str(error), False)
    late = found.due_at is not None and moment > found.due_at
    after = " The promise to this customer runs out before." if late else ""
    said = f"It leaves {shown(moment, zone(request))}, unless something happens before.{after}"
    return Understood(said, True)
