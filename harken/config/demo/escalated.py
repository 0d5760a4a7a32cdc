"""Escalations of the demo: a threat that runs, an opportunity somebody has, a decision made."""

from __future__ import annotations

from harken.domain.conversations.models import Conversation, State
from harken.domain.escalation.models import Escalation
from harken.domain.escalation.services import acknowledge, decide, escalate
from harken.domain.people.models import User

#: For each kind, by topic and the likeliest first: who calls, and why.
THREATS = {
    "battery": ("tariq", "The third question about this batch today. If one gets hot, a person is "
                "hurt. Do we warn the others before we answer?"),
    "damage": ("aylin", "They ask in public whether the bike is safe to ride. Many people read "
               "along, and I cannot say that from here."),
    "ride": ("sofie", "Brakes. If this is the cable we changed in spring, it is not only theirs."),
    "delivery": ("ben", "The third van that did not come, and they look for others like them."),
}  # fmt: skip
OPPORTUNITIES = {
    "company": ("ines", "A school that asks for a class set. If we call today they ride with us."),
    "idea": ("nils", "We have this as a sample in the workshop. May I show it to them?"),
    "advice": ("nils", "They buy for a whole company, and the other shop has already answered."),
    "praise": ("ines", "They wrote three paragraphs with pictures. May we ask to tell it on?"),
}
DECISIONS = {
    "refund": ("bea", "They are twelve days past our thirty. May I give the full price back?"),
    "invoice": ("hugo", "Billed twice over two months. May I add a service as an apology?"),
    "plan": ("hugo", "They want to leave the plan early. Do we hold them to the year?"),
    "returns": ("aylin", "Ridden in the rain, so not as new. Do we take it back all the same?"),
    "workshop": ("ben", "The bench is full until Thursday. May I book an hour at another shop?"),
}
DECIDED = "Yes, this once. Tell them it is our apology, by name, and that it does not repeat."


def escalate_some() -> None:
    """Raise one of each kind among the customers who wait; does nothing where none fits."""
    used: set[int] = set()
    threat = _first_of(THREATS, used)
    if threat is not None:
        escalate(threat[0], kind="threat", reason=threat[2], by=threat[1])
    opportunity = _first_of(OPPORTUNITIES, used)
    if opportunity is not None:
        raised = escalate(
            opportunity[0], kind="opportunity", reason=opportunity[2], by=opportunity[1]
        )
        acknowledge(raised, by=_paged(raised))
    decision = _first_of(DECISIONS, used)
    if decision is not None:
        raised = escalate(decision[0], kind="decision", reason=decision[2], by=decision[1])
        decide(raised, decision=DECIDED, by=_paged(raised))


def _first_of(
    topics: dict[str, tuple[str, str]], used: set[int]
) -> tuple[Conversation, User, str] | None:
    """A waiting conversation of the first topic that has one, who calls, and why."""
    waiting = Conversation.objects.filter(state=State.OPEN, waiting_since__isnull=False)
    for slug, (username, reason) in topics.items():
        fitting = waiting.filter(topic__slug=slug).exclude(pk__in=used)
        found = fitting.order_by("-last_message_at").first()
        if found is not None:
            used.add(found.pk)
            return found, User.objects.get(username=username), reason
    return None


def _paged(raised: Escalation) -> User:
    """Who was called first: the lead on duty, or whoever the path names when none is."""
    return User.objects.filter(pk__in=raised.steps.values("paged__user")).earliest("pk")
