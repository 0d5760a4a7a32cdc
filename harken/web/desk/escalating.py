"""Escalations as the desk shows them: the card over a thread, a row of the board, sentences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from harken.domain.conversations.models import Conversation
from harken.domain.escalation.models import Acknowledgement, Escalation, EscalationStep, Level
from harken.domain.escalation.queries import escalations_of, may_acknowledge, may_withdraw
from harken.domain.journal.models import Event
from harken.domain.lookups import Lookup, number_of
from harken.domain.people.models import User

ICONS = {"threat": "triangle-alert", "opportunity": "sparkles", "decision": "circle-help"}
KIND_WORDS = {"threat": "a threat", "opportunity": "an opportunity", "decision": "needs a decision"}


@dataclass(frozen=True, slots=True)
class Card:
    """One open escalation for one reader. `next` names who is paged when nobody acknowledges."""

    of: Escalation
    icon: str
    steps: tuple[EscalationStep, ...]
    taken: Acknowledgement | None
    next: str
    seconds: int
    may_acknowledge: bool
    may_decide: bool
    may_withdraw: bool

    @property
    def last(self) -> EscalationStep:
        """The step that runs, or ran when somebody acknowledged."""
        return self.steps[-1]

    @property
    def pages(self) -> int:
        """How often somebody was asked; a level found empty is not counted."""
        return sum(step.due_at is not None for step in self.steps)

    @property
    def holder(self) -> str:
        """Who has it, or who is asked, or that nobody was there."""
        if self.taken:
            return str(self.taken.by)
        return names(self.last) or "nobody yet"


def names(step: EscalationStep) -> str:
    """The people a step paged."""
    return ", ".join(str(person) for person in step.people.all())


def how_many(conversation: Conversation) -> Lookup[int]:
    """How many escalations of a conversation are open: nearly always none."""
    return number_of(Escalation.objects.filter(conversation=conversation, ended_at=None))


def cards(user: User, conversation: Conversation) -> list[Card]:
    """The open escalations of a conversation, the oldest first; much to ask where `how_many`."""
    found = escalations_of(user).filter(conversation=conversation, ended_at=None)
    return [card(user, each) for each in found.order_by("raised_at", "pk")]


def card(user: User, escalation: Escalation) -> Card:
    """One escalation as this person sees it."""
    steps = tuple(escalation.steps.all())
    taken = getattr(escalation, "acknowledgement", None)
    level, can = Level(escalation.level), may_acknowledge(user, escalation)
    due, paged = steps[-1].due_at, steps[-1].paged_at
    return Card(
        of=escalation,
        icon=ICONS[escalation.kind],
        steps=steps,
        taken=taken,
        next=f"{level.above.label} again" if level == level.above else level.above.label,
        seconds=round((due - paged).total_seconds()) if due else 0,
        may_acknowledge=can and taken is None,
        may_decide=can,
        may_withdraw=may_withdraw(user, escalation),
    )


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One conversation on the board, with its most pressing escalation."""

    card: Card
    others: int

    @property
    def order(self) -> float:
        """Who is not acknowledged stands first, the next page soonest; then the oldest."""
        waits = self.card.of.next_at
        return waits.timestamp() if waits else 1e12 + self.card.of.raised_at.timestamp()


def board(user: User, conversations: Iterable[int] | None = None) -> list[BoardRow]:
    """The conversations with an open escalation that this person may see, most pressing first."""
    found = escalations_of(user).filter(ended_at=None)
    if conversations is not None:
        found = found.filter(conversation__in=list(conversations))
    together: dict[int, list[BoardRow]] = {}
    for each in found.order_by("raised_at", "pk"):
        together.setdefault(each.conversation_id, []).append(BoardRow(card(user, each), 0))
    first = [min(rows, key=lambda row: row.order) for rows in together.values()]
    counted = [BoardRow(row.card, len(together[row.card.of.conversation_id]) - 1) for row in first]
    return sorted(counted, key=lambda row: row.order)


# --- the thread ------------------------------------------------------------------------------


def decisions_told_by(events: Iterable[Event]) -> dict[int, str]:
    """What was decided in the escalations these events tell of."""
    told = [event.data["escalation"] for event in events if event.kind == "EscalationDecided"]
    if not told:
        return {}
    return dict(Escalation.objects.filter(pk__in=told).values_list("pk", "decision"))


def escalation_told(
    event: Event, who: str, people: Mapping[int, str], decisions: Mapping[int, str]
) -> str:
    """An event of an escalation in a few words; `people` are names by id."""
    data: dict[str, Any] = event.data
    match event.kind:
        case "EscalationRaised":
            return f"{who} escalated it: {KIND_WORDS[data['what']]}"
        case "EscalationAddedTo":
            return f"{who} added to the escalation"
        case "EscalationPaged":
            called = ", ".join(people.get(each, "a colleague") for each in data["people"])
            level = Level(data["level"]).label.lower()
            return f"Paged the {level}: {called}" if called else f"Nobody to page as {level}"
        case "EscalationAcknowledged":
            return f"{who} acknowledged the escalation"
        case "EscalationDecided":
            return f"{who} decided: {decisions.get(data['escalation'], '')}"
    return f"{who} withdrew the escalation"
