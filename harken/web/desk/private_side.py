"""The private side of a case, as the page shows it beside the public thread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from harken.domain.conversations.models import Conversation
from harken.domain.handover.models import CallBack, ContactDetails, HandOver
from harken.domain.handover.queries import hand_overs_of, is_over, public_side_open
from harken.domain.replies.checks.port import Severity
from harken.domain.replies.checks.registry import Found
from harken.kit import clock

LOOK = {Severity.BLOCK: "stop", Severity.WARN: "look", Severity.NOTE: "look"}


@dataclass(frozen=True, slots=True)
class PrivateSide:
    """A talk or the link to it. `state`: offered, open, over; `call` is the one to be made."""

    of: HandOver
    state: str
    owes_public: bool
    details: ContactDetails | None
    call: CallBack | None


def private_sides(case: Sequence[Conversation]) -> list[PrivateSide]:
    """The newest private talk of each conversation of a case."""
    by_pk = {each.pk: each for each in case}
    return [_side(each, by_pk[each.conversation_id]) for each in hand_overs_of(case)]


def _side(of: HandOver, conversation: Conversation) -> PrivateSide:
    state = "open" if of.opened_at else "offered"
    return PrivateSide(
        of=of,
        state="over" if is_over(of, clock.now()) else state,
        owes_public=of.opened_at is not None and public_side_open(conversation),
        details=getattr(of, "details", None),
        call=next((each for each in of.call_backs.all() if each.done_at is None), None),
    )


def hints(found: Sequence[Found]) -> list[dict[str, str]]:
    """What the checks say of a private text, as the composer shows it."""
    return [
        {"state": LOOK[each.severity], "text": f"{each.finding.why} {each.finding.fix}"}
        for each in found
        if each.severity in LOOK
    ]
