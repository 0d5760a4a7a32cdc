"""What an answer promises, offered to its writer; and what is promised, in words for people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from harken.domain.conversations.models import Conversation
from harken.domain.followups.finder import Clock, Found, promises_in
from harken.domain.followups.queries import Due
from harken.domain.followups.services import promise
from harken.domain.replies.models import GONE, Reply
from harken.domain.sla.work_time import work_time_of
from harken.kit import clock
from harken.web.access import Request
from harken.web.desk.later import NotAMoment, asked_for
from harken.web.desk.snoozing import shown, zone
from harken.web.theme.words import day

FIELD = "promised"  # of the form: the place of the sentence and the moment, `13|2026-11-27T16:00Z`


@dataclass(frozen=True, slots=True)
class Offer:
    """One promise that was found: `value` confirms it, `by` is its moment for people."""

    value: str
    what: str
    by: str
    is_confirmed: bool


def offers(request: Request, found: Conversation, text: str) -> list[Offer]:
    """The promises in an answer about to leave; what was confirmed before stays so."""
    confirmed = {value.partition("|")[0] for value in request.POST.getlist(FIELD)}
    return [
        Offer(
            f"{each.starts}|{each.due_at.isoformat()}",
            each.what,
            shown(each.due_at, zone(request)),
            str(each.starts) in confirmed,
        )
        for each in _found(request, found, text)
    ]


def confirm(request: Request, reply: Reply) -> int:
    """Remember what the sender confirmed; how many that were. Once more changes nothing."""
    confirmed = dict(value.partition("|")[::2] for value in request.POST.getlist(FIELD))
    if not confirmed or reply.state in GONE:
        return 0
    said = _found(request, reply.conversation, reply.body)
    made = 0
    for each in said:
        due_at = _moment(confirmed.get(str(each.starts), ""))
        if due_at is not None and due_at > clock.now():
            promise(reply, what=each.what, starts=each.starts, due_at=due_at, by=request.user)
            made += 1
    return made


def due_words(due: Due) -> str:
    """`promised by Mika, for today 17:00`, as a row of the list says it."""
    return f"promised by {due.who}, {'over since' if due.is_broken else 'for'} {day(due.at)}"


def _found(request: Request, found: Conversation, text: str) -> list[Found]:
    here = zone(request)
    try:
        leaves = asked_for(request, found)
    except NotAMoment:  # its writer is told beside the field
        leaves = None
    by = Clock(leaves or clock.now(), here, work_time_of(found, here))
    return promises_in(text, by)


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None
