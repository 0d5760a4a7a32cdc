"""What the demo's colleagues have promised customers: due soon, tomorrow, over, and done."""

from __future__ import annotations

from datetime import timedelta

from harken.domain.conversations.models import Conversation, Place
from harken.domain.followups.models import FollowUp
from harken.domain.followups.services import done, write_down
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
    """Write a few promises down in answered conversations. Runs once, on loading."""
    answered = Conversation.objects.filter(
        place=Place.OPEN, waits_since=None, assignee__gt=0, snoozed_until=None
    ).select_related("assignee")
    newest = answered.order_by("-listed_at", "-pk")
    made = []
    for conversation, (within, what) in zip(newest, PROMISES, strict=False):
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
