"""Setting a conversation aside until a moment, and taking it back to the lists before it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from django.db import transaction

from harken.domain.conversations.events import ConversationSnoozed, SnoozeEnded
from harken.domain.conversations.models import Conversation, State
from harken.domain.conversations.models_set_aside import Snooze, Waker
from harken.domain.conversations.services.permission import may_change, teams_of
from harken.domain.journal.services import record_all
from harken.domain.people.models import User
from harken.kit import clock
from harken.kit.refusals import Invalid, Refusal
from harken.kit.text import storable

#: Asleep until the customer writes; lists and pages say so instead of a date.
UNTIL_THEY_WRITE = datetime(9999, 1, 1, tzinfo=UTC)
LONGEST = timedelta(days=366)
LONGEST_REASON = 200  # characters
AWAKE_FOR = 0.25  # of the promised time: so long before it is due nobody sleeps any more


class StillWaits(Refusal):
    """A customer waits: that needs a reason, and an end before the answer is due."""

    status = 422


def snooze(
    conversation: Conversation, until: datetime, *, by: User, reason: str = ""
) -> Conversation:
    """Take it out of the lists until the moment `until` (aware) or until the customer writes.

    Their clock runs on: who waits is only snoozed with a `reason` and not past `latest_for`.
    `UNTIL_THEY_WRITE` has no moment. A second snooze replaces the first. Raises `NotAllowed`,
    `Invalid` for a moment that is over or more than a year away, `StillWaits`, and `Refusal` for
    a closed conversation.
    """
    may_change(by)
    until, reason = until.astimezone(UTC), storable(reason.strip(), LONGEST_REASON)
    with transaction.atomic():
        locked = Conversation.objects.select_for_update(of=("self",)).get(pk=conversation.pk)
        _check(locked, until, reason)
        end_snoozes([locked.pk], Waker.AGAIN, by=by, quietly=True)
        made = Snooze.objects.create(conversation=locked, until=until, reason=reason, made_by=by)
        locked.snoozed_until, locked.snoozed_by, locked.woken_at = until, by, None
        locked.save(update_fields=["snoozed_until", "snoozed_by", "woken_at"])
        said = ConversationSnoozed(
            conversation=locked.pk,
            channel=locked.channel_id,
            by=by.pk,
            teams=teams_of(locked),
            snooze=made.pk,
            until=until.isoformat(),
        )
        record_all([said])
        return locked


def latest_for(conversation: Conversation) -> datetime | None:
    """The last moment a waiting customer may be snoozed to; None: nothing is promised."""
    if conversation.hot_at is None:
        return None
    latest: datetime = conversation.hot_at
    return latest - timedelta(seconds=AWAKE_FOR * (conversation.hot_seconds or 0))


def _check(conversation: Conversation, until: datetime, reason: str) -> None:
    now = clock.now()
    if conversation.merged_into_id is not None:
        raise Refusal("This one is merged into another. Snooze that one.")
    if conversation.state == State.CLOSED and not conversation.case_open:
        raise Refusal("It is closed, so it is out of the way already.")
    if until <= now:
        raise Invalid("That moment is over. Choose a later one, such as 3h or tomorrow 9:00.")
    if until > now + LONGEST and until != UNTIL_THEY_WRITE:
        raise Invalid("A year is the longest. Choose an earlier day.")
    if conversation.waits_since is not None:
        _check_waiting(conversation, until, reason, now)


def _check_waiting(conversation: Conversation, until: datetime, reason: str, now: datetime) -> None:
    latest = latest_for(conversation)
    if latest is not None and latest <= now:
        raise StillWaits("This customer waits and the answer is due. Answer, or hand it over.")
    if latest is not None and until > latest:
        left = int((latest - now).total_seconds())
        raise StillWaits(
            "This customer waits and their clock runs on. Choose a moment within the next "
            f"{left // 60}:{left % 60:02} minutes, or answer first."
        )
    if until == UNTIL_THEY_WRITE:
        raise StillWaits("This customer has written and waits. Choose a moment, or answer first.")
    if not reason:
        raise StillWaits(
            "This customer waits. Say why the answer has to wait, for your colleagues."
        )


def wake(conversation: Conversation, *, by: User) -> Conversation:
    """Take it back to the lists now; one that is not snoozed stays as it is.

    Raises `NotAllowed`.
    """
    may_change(by)
    with transaction.atomic():
        locked = Conversation.objects.select_for_update(of=("self",)).get(pk=conversation.pk)
        end_snoozes([locked.pk], Waker.PERSON, by=by)
        locked.refresh_from_db()
        return locked


def end_snoozes(
    conversations: Sequence[int],
    why: Waker,
    *,
    by: User | None = None,
    quietly: bool = False,
) -> int:
    """End the snoozes of these conversations (ids); how many slept. Needs an open transaction.

    `quietly`: something follows that tells it, so no event is recorded. Only where its moment
    came it stands on top as woken. The caller holds the conversations' rows.
    """
    asleep = Snooze.objects.filter(conversation__in=conversations, ended_at=None)
    ended = list(asleep.select_for_update(of=("self",)).select_related("conversation"))
    if not ended:
        return 0
    now = clock.now()
    Snooze.objects.filter(pk__in=[one.pk for one in ended]).update(
        ended_at=now, ended_why=why, ended_by=by
    )
    back = Conversation.objects.filter(pk__in=[one.conversation_id for one in ended])
    stands_out = why in {Waker.MOMENT, Waker.DUE}
    if stands_out:
        back.update(snoozed_until=None, woken_at=now)
    else:
        back.update(snoozed_until=None, snoozed_by=None, woken_at=None)
    if not quietly:
        record_all(_ended(one, why, by) for one in ended)
    return len(ended)


def _ended(one: Snooze, why: Waker, by: User | None) -> SnoozeEnded:
    return SnoozeEnded(
        conversation=one.conversation_id,
        channel=one.conversation.channel_id,
        by=by.pk if by else None,
        teams=teams_of(one.conversation),
        snooze=one.pk,
        snoozer=one.made_by_id,
        why=why,
    )
