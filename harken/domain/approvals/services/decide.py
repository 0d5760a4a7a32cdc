"""Deciding an approval: other words, yes, or back to its writer.

What is approved is hashed in the transaction that lets it go, and the database compares the bytes
once more (sql/bytes.sql, sql/private.sql). A text that somebody changed meanwhile is never
approved unread.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TypedDict, Unpack

from django.db import transaction
from django.db.models.functions import Now
from django.urls import reverse

from harken.domain.approvals.events import (
    PrivateTextApproved,
    PrivateTextReturned,
    ReplyApproved,
    ReplyReturned,
    WordingChanged,
)
from harken.domain.approvals.models import Approval, Decision, Wording
from harken.domain.approvals.queries import last_wording, may_approve
from harken.domain.approvals.queries_rules import voice_in
from harken.domain.approvals.services.leaving import Leaving, locked
from harken.domain.conversations.models import Conversation
from harken.domain.handover.models import PrivateText
from harken.domain.journal.services import record
from harken.domain.notifications.services import notify
from harken.domain.people.models import User
from harken.domain.replies.models import Reply
from harken.domain.replies.queries_moved import moved_since
from harken.domain.replies.services.permission import place_of
from harken.domain.replies.services.reword import digest
from harken.domain.replies.services.send import ThreadMoved
from harken.kit.refusals import Invalid, NotAllowed, Refusal
from harken.kit.text import storable

LONGEST_NOTE = 1000  # characters


class Decided(Refusal):
    """Somebody decided it, or took the text back, before."""


class WordsMoved(Refusal):
    """Somebody else changed the words since they were read. `wording` is what stands now."""

    def __init__(self, wording: Wording) -> None:
        super().__init__(
            f"{wording.author} changed the words meanwhile. Read them and decide then."
        )
        self.wording = wording


class Read(TypedDict, total=False):
    """What the approver had before them; None or absent: whatever there was.

    `number` is that of the wording they read, `read_up_to` the place up to which they had read the
    conversation (`queries_moved.place_in`), `confirmed` the ids of the warnings they have read.
    """

    number: int | None
    read_up_to: int | None
    confirmed: Collection[str] | None


@dataclass(frozen=True, slots=True)
class _Held:
    """An open approval whose rows this transaction holds, in the order all keep."""

    approval: Approval
    leaving: Leaving
    conversation: Conversation


def edit(approval: Approval, *, body: str, by: User, **read: Unpack[Read]) -> Approval:
    """Change the words without deciding; both versions and both names are kept.

    Raises `NotAllowed`, `Decided`, `WordsMoved`, and what `Leaving.as_it_leaves` raises.
    """
    with transaction.atomic():
        held = _hold(approval, by)
        _same_words(held.approval, read.get("number"))
        _reworded(held, body, by)
    return held.approval


def approve(
    approval: Approval, *, by: User, body: str | None = None, **read: Unpack[Read]
) -> Reply | PrivateText:
    """Agree, to `body` if given and else to the last words; returns what it lets go.

    What speaks in a voice becomes that person's own. Raises `NotAllowed`, `Decided`,
    `WordsMoved`, `ThreadMoved`, and what the methods of `Leaving` raise about the text.
    """
    with transaction.atomic():
        held = _hold(approval, by)
        _same_words(held.approval, read.get("number"))
        _still_as_read(held, by, read.get("read_up_to"))
        leaving = held.leaving
        text = _reworded(held, leaving.of.body if body is None else body, by)
        leaving.weigh(text, read.get("confirmed"))
        if held.approval.only_by_id == by.pk:
            leaving.reword(text, author=by)
        _decide(held.approval, Decision.APPROVED, by, sha256=digest(text))
        approved = PrivateTextApproved if held.approval.is_private else ReplyApproved
        record(approved(approval=approval.pk, by=by.pk, **place_of(held.conversation)))
        sent = leaving.let_go(by=by)
        _tell(held, f"{by} approved your {leaving.noun}.", by)
    return sent


def give_back(approval: Approval, *, note: str, by: User) -> Approval:
    """Return it to its writer with a note: the turn is open again, the text is their draft.

    Raises `NotAllowed`, `Decided`, `Invalid` without a note.
    """
    said = storable(note.strip(), LONGEST_NOTE)
    if not said:
        raise Invalid("Write what should be different; the writer reads it beside the text.")
    with transaction.atomic():
        held = _hold(approval, by)
        _decide(held.approval, Decision.RETURNED, by, note=said)
        held.leaving.take_back(by=by)
        returned = PrivateTextReturned if held.approval.is_private else ReplyReturned
        record(returned(approval=approval.pk, by=by.pk, **place_of(held.conversation)))
        _tell(held, f"{by} returned your {held.leaving.noun} with a note.", by)
    return held.approval


def _hold(approval: Approval, by: User) -> _Held:
    rows = Conversation.objects.select_for_update(of=("self",), no_key=True)
    around = rows.select_related("channel__brand", "contact", "handle")
    conversation = around.get(pk=approval.conversation_id)
    leaving = locked(approval, conversation)
    mine = Approval.objects.select_for_update(of=("self",), no_key=True)
    found = mine.select_related("decided_by", "writer", "rule", "voice").get(pk=approval.pk)
    found.conversation = conversation
    if not may_approve(by, found):
        raise NotAllowed(
            "Only those who were asked, a lead or a manager can decide this, and nobody decides "
            "about their own words."
            if found.only_by_id is None
            else "It speaks in the voice of somebody else. Only that person can decide it."
        )
    if not found.is_open:
        who = found.decided_by or "Its writer"
        raise Decided(f"{who} was faster: {found.get_decision_display().lower()} already.")
    return _Held(found, leaving, conversation)


def _same_words(approval: Approval, number: int | None) -> None:
    newest = last_wording(approval)
    if number is not None and number != newest.number:
        raise WordsMoved(newest)


def _still_as_read(held: _Held, by: User, read_up_to: int | None) -> None:
    moved = [] if read_up_to is None else moved_since(held.conversation, read_up_to, but_by=by)
    if moved:
        raise ThreadMoved(moved)


def _reworded(held: _Held, body: str, by: User) -> str:
    """The text as it would leave, kept as a wording of `by` when it is another one."""
    text = held.leaving.as_it_leaves(body, by=by)
    newest = last_wording(held.approval)
    if text == newest.body:
        return text
    voice = voice_in(held.conversation, text)
    if voice is not None and voice.person_id != by.pk:
        raise NotAllowed(f"With these words it speaks as {voice.person}, who has to agree to them.")
    Wording.objects.create(approval=held.approval, number=newest.number + 1, body=text, author=by)
    held.leaving.reword(text, author=held.leaving.of.author)
    record(WordingChanged(approval=held.approval.pk, by=by.pk, **place_of(held.conversation)))
    return text


def _decide(approval: Approval, decision: Decision, by: User, **more: str) -> None:
    Approval.objects.filter(pk=approval.pk).update(
        decision=decision, decided_at=Now(), decided_by=by, next_at=None, **more
    )
    approval.refresh_from_db(fields=["decision", "decided_at", "decided_by", "next_at", *more])


def _tell(held: _Held, text: str, by: User) -> None:
    notify(
        "decided",
        to=[held.approval.writer],
        text=text,
        by=by,
        conversation=held.conversation,
        url=reverse("desk:conversation", args=[held.conversation.pk]),
    )
