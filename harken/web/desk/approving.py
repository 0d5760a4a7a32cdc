"""Approvals as the desk shows them: rows of the queue, the words side by side, who was asked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise

from django.db.models import Q

from harken.domain.approvals.models import Approval, ApprovalStep, Wording
from harken.domain.approvals.queries import asked_by, last_return, queue_of
from harken.domain.conversations.models import Conversation, Place
from harken.domain.conversations.queries import HOT, visible_to
from harken.domain.escalation.models import PagedPerson
from harken.domain.people.models import User
from harken.web.desk.rows import NetworkBadge, badge

PIECES = re.compile(r"\s+|\w+|[^\w\s]")
MOST_CALLED = 20
LATER = 1e12  # what the reader waits for stands below what waits for the reader


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words of a comparison. `kind`: same, gone or new."""

    kind: str
    text: str


def compared(before: str, after: str) -> list[Piece]:
    """What became of a text, word by word, in reading order."""
    old, new = PIECES.findall(before), PIECES.findall(after)
    found: list[Piece] = []
    for change, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if change == "equal":
            found.append(Piece("same", "".join(old[a:b])))
            continue
        found += [Piece("gone", "".join(old[a:b]))] if b > a else []
        found += [Piece("new", "".join(new[c:d]))] if d > c else []
    return found


@dataclass(frozen=True, slots=True)
class Change:
    """What one person made of the words before."""

    by: Wording
    pieces: Sequence[Piece]


def changes(wordings: Iterable[Wording]) -> list[Change]:
    """What each approver changed, oldest first."""
    return [
        Change(after, compared(before.body, after.body)) for before, after in pairwise(wordings)
    ]


@dataclass(frozen=True, slots=True)
class Returned:
    """What came back to its writer, and what approvers had changed in it."""

    of: Approval
    changes: Sequence[Change]


def returned_to(
    user: User, conversation: Conversation, *, privately: bool = False
) -> Returned | None:
    """What came back to this person here and has not been sent anew."""
    found = last_return(conversation, user, privately=privately)
    if found is None:
        return None
    return Returned(found, changes(found.wordings.select_related("author")))


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One conversation where a text waits. `theirs`: the reader wrote it and waits for a word.

    `others` wait in the same conversation: the page knows its rows by that.
    """

    of: Approval
    name: str
    network: NetworkBadge
    asked: Sequence[ApprovalStep]
    theirs: bool
    others: Sequence[Approval] = ()

    @property
    def order(self) -> float:
        """The customer's clock; without one, since when it waits."""
        due = self.of.conversation.hot_at or self.of.asked_at
        return due.timestamp() + (LATER if self.theirs else 0)

    @property
    def waits_for(self) -> str:
        """Who was asked, by name."""
        return ", ".join(str(step.person) for step in self.asked) or "somebody who may approve"


@dataclass(frozen=True, slots=True)
class Called:
    """A customer who waits for one person by name."""

    of: Conversation
    name: str
    network: NetworkBadge


def queue(user: User, conversations: Iterable[int] | None = None) -> list[QueueRow]:
    """What waits for this person's word, then what of theirs waits for others'."""
    parts = [(queue_of(user), False), (asked_by(user), True)]
    if conversations is not None:
        only = list(conversations)
        parts = [(part.filter(conversation__in=only), mine) for part, mine in parts]
    found: dict[int, list[tuple[Approval, bool]]] = {}
    for part, mine in parts:
        for each in part:
            found.setdefault(each.conversation_id, []).append((each, mine))
    return [_row(*first, [each for each, _ in others]) for first, *others in found.values()]


def _row(approval: Approval, theirs: bool, others: Sequence[Approval]) -> QueueRow:
    conversation = approval.conversation
    return QueueRow(
        approval,
        conversation.contact.name or f"@{conversation.handle.handle}",
        badge(conversation.channel.network),
        asked_steps(approval),
        theirs,
        others,
    )


def asked_steps(approval: Approval) -> list[ApprovalStep]:
    """Those who were asked, without whom the chain passed over."""
    return [step for step in approval.steps.all() if step.was_asked]


def called_for(user: User) -> list[Called]:
    """Customers who wait for this person: theirs, or escalated up to them; hottest first."""
    waiting = visible_to(user).filter(place=Place.OPEN, waits_since__isnull=False)
    paged = PagedPerson.objects.filter(user=user, step__escalation__ended_at=None)
    escalated = paged.values("step__escalation__conversation")
    theirs = waiting.filter(Q(assignee=user) | Q(pk__in=escalated)).select_related(
        "contact", "handle", "channel", "team", "topic"
    )
    return [
        Called(
            each,
            each.contact.name or f"@{each.handle.handle}",
            badge(each.channel.network),
        )
        for each in theirs.order_by(*HOT)[:MOST_CALLED]
    ]
