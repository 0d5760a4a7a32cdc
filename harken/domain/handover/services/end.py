"""Ending a talk: its link opens for nobody any more, and how to reach the customer is erased."""

from __future__ import annotations

from django.db import transaction

from harken.domain.handover.events import CallBackDone, PrivateSideEnded
from harken.domain.handover.models import CallBack, CallOutcome, ContactDetails, HandOver
from harken.domain.journal.services import record
from harken.domain.people.models import User
from harken.domain.replies.services.permission import may_write, place_of
from harken.kit import clock


def end(talk: HandOver, *, by: User | None = None) -> HandOver:
    """End it; what was said stays in the conversation. `by` None: its time came, or a newer one.

    A call that was promised stays promised, with its number, until it is made. Ended already is
    success. Raises `NotAllowed`.
    """
    if by is not None:
        may_write(talk.conversation, by)
    with transaction.atomic():
        locked = HandOver.objects.select_for_update(of=("self",)).get(pk=talk.pk)
        if locked.ended_at is None:
            locked.ended_at = clock.now()
            locked.save(update_fields=["ended_at"])
            ContactDetails.objects.filter(hand_over=locked).delete()
            CallBack.objects.filter(hand_over=locked, done_at__isnull=False).update(
                phone=None, about=None
            )
            place = place_of(locked.conversation)
            record(PrivateSideEnded(hand_over=locked.pk, by=by.pk if by else None, **place))
        return locked


def finish_call(call: CallBack, outcome: str, *, by: User) -> CallBack:
    """Somebody called, or no call is needed any more; the number is erased with an ended talk.

    Done already returns it as it is. Raises `NotAllowed`, `ValueError` for an unknown outcome.
    """
    how = CallOutcome(outcome)
    may_write(call.hand_over.conversation, by)
    with transaction.atomic():
        locked = CallBack.objects.select_for_update(of=("self",)).get(pk=call.pk)
        if locked.done_at is not None:
            return locked
        locked.done_at, locked.done_by, locked.outcome = clock.now(), by, how
        if call.hand_over.ended_at is not None:
            locked.phone = locked.about = None
        locked.save()
        record(
            CallBackDone(
                call_back=locked.pk,
                outcome=how,
                by=by.pk,
                **place_of(call.hand_over.conversation),
            )
        )
        return locked
