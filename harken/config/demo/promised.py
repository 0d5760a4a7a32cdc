"""What the demo's colleagues have promised customers: due soon, tomorrow, over, and done."""

from __future__ import annotations

from datetime import timedelta

from harken.domain.conversations.models import Conversation, Place
from harken.domain.followups.models import FollowUp
from harken.domain.followups.services import done, write_down
from harken.domain.people.queries import first_in_role
from harken.kit import clock

#: By when, and what was said; the last two are over: one was done, one was forgotten.
PROMISES = (
    (timedelta(minutes=25), "I ask the workshop and call you back this afternoon."),
    (timedelta(hours=5), "We let you know today when the courier comes."),
    (timedelta(days=1, hours=2), "You have the new invoice tomorrow."),
    (timedelta(days=3), "We send the missing bell by the end of the week."),
    (timedelta(days=1), "I find out which saddle fits and write to you."),
    (timedelta(days=2), "We check the refund with the bank."),
)
AGO = timedelta(hours=3)


def promise_some() -> None:
    """Write a few promises down where somebody was answered. Runs once, on loading."""
    made = []
    for conversation, (within, what) in zip(_answered(), PROMISES, strict=False):
        assert conversation.assignee is not None  # the filter asked for it
        due, by = clock.now() + within, conversation.assignee
        made.append(write_down(conversation, what=what, due_at=due, by=by))
    for over in made[4:]:
        over.due_at = over.next_at = clock.now() - AGO
        over.made_at = over.due_at - timedelta(days=1)
        over.save(update_fields=["due_at", "next_at", "made_at"])
    if len(made) == len(PROMISES):
        done(made[4], by=made[4].promised_by)
        FollowUp.objects.filter(pk=made[4].pk).update(kept_at=made[4].due_at - AGO, broken_at=None)


def _answered() -> list[Conversation]:
    """The newest answered ones, by turns of who the visitor plays first and of somebody else."""
    answered = Conversation.objects.filter(
        place__in=[Place.OPEN, Place.CLOSED], waits_since=None, close_reason="", assignee__gt=0
    ).select_related("assignee")
    newest, first = answered.order_by("-last_message_at", "-pk"), first_in_role("agent")
    half = len(PROMISES) // 2
    pairs = zip(
        newest.filter(assignee=first)[:half], newest.exclude(assignee=first)[:half], strict=False
    )
    return [each for pair in pairs for each in pair]
