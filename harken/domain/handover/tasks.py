"""The clock of private talks: texts let out, calls that come due, promises that break, ends.

What is due stands in the rows, so any number of workers may look and none has to remember.
"""

from __future__ import annotations

import threading

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from harken.domain.conversations.models import Conversation
from harken.domain.handover.events import CallBackBroken
from harken.domain.handover.models import CallBack, HandOver, PrivateText, TextState
from harken.domain.handover.services.end import end
from harken.domain.handover.services.say import let_out
from harken.domain.handover.services.wait import give_up
from harken.domain.journal.rounds import look_until
from harken.domain.journal.services import record
from harken.domain.notifications.services.tell import notify
from harken.domain.people.models import User
from harken.domain.replies.services.permission import place_of
from harken.domain.roster.queries import is_on_duty
from harken.kit import clock

PAUSE = 1.0  # seconds between two looks
AT_ONCE = 100
STAYED = "A private text stayed here: the talk was over. It is yours again"


def run(stop: threading.Event) -> None:
    """Look until `stop` is set; closes the database connection of the calling thread."""

    def round_() -> float:
        look()
        return PAUSE

    look_until(stop, round_, "the clock of private talks")


def look() -> int:
    """Let out, give up, remind, note what is broken, end what is over; how many rows that were."""
    return _let_out() + _give_up() + _remind() + _break() + _end()


def _let_out() -> int:
    due = PrivateText.objects.filter(state=TextState.HELD, hold_until__lte=Now())
    texts = due.select_related("hand_over__conversation__team", "author").order_by("pk")
    settled = [each for text in texts[:AT_ONCE] if (each := let_out(text)) is not None]
    for text in settled:
        if text.state == TextState.UNDONE:
            _stayed(text)
    return len(settled)


def _give_up() -> int:
    """What waits for somebody's word in a talk that is over leaves no more."""
    over = Q(hand_over__ended_at__isnull=False) | Q(hand_over__ends_at__lte=clock.now())
    waiting = PrivateText.objects.filter(over, state=TextState.APPROVAL).order_by("pk")
    texts = waiting.select_related("hand_over__conversation__team", "author")[:AT_ONCE]
    given_up = [text for text in texts if give_up(text)]
    for text in given_up:
        _stayed(text)
    return len(given_up)


def _stayed(text: PrivateText) -> None:
    notify("stayed", to=[text.author], text=STAYED, conversation=text.conversation)


@transaction.atomic
def _remind() -> int:
    rows = CallBack.objects.select_for_update(of=("self",), skip_locked=True)
    due = rows.filter(done_at=None, reminded_at=None, remind_at__lte=clock.now())
    calls = list(due.select_related("hand_over__conversation__team").order_by("pk")[:AT_ONCE])
    for call in calls:
        CallBack.objects.filter(pk=call.pk).update(reminded_at=clock.now())
        _tell(call.hand_over.conversation, "A customer waits for your call")
    return len(calls)


@transaction.atomic
def _break() -> int:
    rows = CallBack.objects.select_for_update(of=("self",), skip_locked=True)
    due = rows.filter(done_at=None, broken_at=None, promised_at__lte=clock.now())
    calls = list(due.select_related("hand_over__conversation__team").order_by("pk")[:AT_ONCE])
    for call in calls:
        conversation = call.hand_over.conversation
        CallBack.objects.filter(pk=call.pk).update(broken_at=call.promised_at)
        record(CallBackBroken(call_back=call.pk, **place_of(conversation)))
        _tell(conversation, "The time for a promised call is over")
    return len(calls)


def _end() -> int:
    over = HandOver.objects.filter(ended_at=None, ends_at__lte=clock.now()).order_by("ends_at")
    talks = list(over.select_related("conversation")[:AT_ONCE])
    for talk in talks:
        end(talk)
    return len(talks)


def _tell(conversation: Conversation, text: str) -> None:
    """Who has it; else who of its team is on duty; else its whole team."""
    if conversation.assignee_id is not None:
        people = list(User.objects.filter(pk=conversation.assignee_id))
    else:
        team = User.objects.filter(is_active=True, teams=conversation.team)
        people = [one for one in team if is_on_duty(one)] or list(team)
    notify("call_back", to=people, text=text, conversation=conversation)
