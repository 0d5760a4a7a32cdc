"""The private side of a case, as the page shows it beside the public thread."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from harken.domain.conversations.models import Conversation, Message
from harken.domain.conversations.services.private import name_of
from harken.domain.handover.models import CallBack, ContactDetails, HandOver, PrivateText
from harken.domain.handover.queries import (
    hand_overs_of,
    is_over,
    public_side_open,
    taken_back_of,
)
from harken.domain.people.models import User
from harken.domain.replies.checks.port import Severity
from harken.domain.replies.checks.registry import Found
from harken.domain.replies.models import Draft
from harken.kit import clock
from harken.web.desk.thread import Entry

LOOK = {Severity.BLOCK: "stop", Severity.WARN: "look", Severity.NOTE: "look"}


@dataclass(frozen=True, slots=True)
class PrivateSide:
    """A talk or the link to it. `state`: offered, open, over; `call` is the one to be made.

    `unseen` are our texts that wait or are in their countdown: the customer cannot read them yet.
    """

    of: HandOver
    state: str
    owes_public: bool
    details: ContactDetails | None
    call: CallBack | None
    unseen: tuple[PrivateText, ...] = ()


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
        unseen=tuple(getattr(of, "unseen", ())),
    )


def held_back(sides: Sequence[PrivateSide]) -> list[Entry]:
    """The private texts that the customer cannot read yet, as the thread shows them."""
    return [
        Entry("ours", f"private-text-{text.pk}", text.written_at, text, look=text.state)
        for side in sides
        for text in side.unseen
    ]


def told_in_private(entries: Sequence[Entry], said: Mapping[uuid.UUID, str]) -> dict[str, str]:
    """What is said of private texts (by their `client_key`), by the entry that shows each."""
    by_name = {name_of(key): sentence for key, sentence in said.items()}
    names = {entry.id: _name(entry) for entry in entries if entry.kind == "ours"}
    return {shown: by_name[name] for shown, name in names.items() if name in by_name}


def _name(entry: Entry) -> str:
    """What its message is, or will be, called."""
    if isinstance(entry.of, PrivateText):
        return name_of(entry.of.client_key)
    return entry.of.external_id if isinstance(entry.of, Message) else ""


@dataclass(frozen=True, slots=True)
class TakenBack:
    """A private text that is its author's again; `error` says why it stayed by itself."""

    as_draft: Draft
    error: str


def taken_back(
    conversation: Conversation, by: User, sides: Sequence[PrivateSide], draft: Draft
) -> TakenBack | None:
    """What the composer holds in private, when that is newer than the public `draft`."""
    if not any(side.of.conversation_id == conversation.pk for side in sides):
        return None  # most conversations: nothing to ask for
    text = taken_back_of(conversation, by)
    if text is None or text.settled_at is None:
        return None
    if draft.pk and draft.saved_at > text.settled_at:
        return None
    made = Draft(
        conversation=conversation,
        author=by,
        body=text.body,
        client_key=uuid.uuid4(),
        saved_at=text.settled_at,
    )
    return TakenBack(made, text.error)


def hints(found: Sequence[Found]) -> list[dict[str, str]]:
    """What the checks say of a private text, as the composer shows it."""
    return [
        {"state": LOOK[each.severity], "text": f"{each.finding.why} {each.finding.fix}"}
        for each in found
        if each.severity in LOOK
    ]
