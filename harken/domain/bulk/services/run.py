"""Doing it: begin a change, go on with it, stop it, and one change by hand that can be undone."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar
from uuid import UUID

from django.db import IntegrityError, transaction

from harken.domain.bulk.actions import deed
from harken.domain.bulk.events import BulkFinished, BulkStarted
from harken.domain.bulk.models import BulkChange, BulkItem, ItemState, Progress
from harken.domain.bulk.queries import ALREADY, MOST, WILL, Wish, judged
from harken.domain.conversations.models import Conversation
from harken.domain.conversations.queries import visible_to
from harken.domain.conversations.services.permission import may_change
from harken.domain.conversations.services.restore import difference, snapshot
from harken.domain.journal.services import record
from harken.domain.people.models import User
from harken.kit import clock
from harken.kit.refusals import Invalid, NotAllowed, Refusal

AT_ONCE = 200  # up to so many are done while one waits; more in the background
T = TypeVar("T")


def start(wish: Wish, *, by: User, key: UUID | None = None) -> BulkChange:
    """Begin to change many; small ones are done when this returns.

    With a form's `key`, what it began already is returned when it is sent again.

    Raises `NotAllowed`, and `Invalid` for nothing to change or more than `MOST`.
    """
    may_change(by)
    if begun := _begun(by, key):
        return begun
    done, reasons, found = judged(wish, by)
    rows = list(found.order_by("pk").values_list("pk", "reason")[: MOST + 1])
    if not any(reason == WILL for _, reason in rows):
        raise Invalid("Nothing would change. Choose others, or something else to do.")
    if len(rows) > MOST:
        raise Invalid(f"That is more than {MOST} at once. Narrow the list first.")
    change = BulkChange(
        made_by=by,
        action=wish.action,
        value=wish.value[:60],
        words=done.words[:120],
        client_key=key,
    )
    try:
        _begin(change, [(pk, "" if reason == WILL else reasons[reason]) for pk, reason in rows])
    except IntegrityError:  # the same form came twice at the same moment
        if begun := _begun(by, key):
            return begun
        raise
    if sum(reason == WILL for _, reason in rows) <= AT_ONCE:
        while work(change):
            pass
    change.refresh_from_db()
    return change


def _begun(by: User, key: UUID | None) -> BulkChange | None:
    return BulkChange.objects.filter(made_by=by, client_key=key).first() if key else None


@transaction.atomic
def _begin(change: BulkChange, rows: Iterable[tuple[int, str]]) -> None:
    """Write it down with its conversations, each with why it will be left as it is, if it will."""
    change.save()
    BulkItem.objects.bulk_create(
        BulkItem(
            change=change,
            conversation_id=pk,
            state=ItemState.LEFT if why else ItemState.WAITING,
            why=why,
        )
        for pk, why in rows
    )
    record(BulkStarted(by=change.made_by_id, teams=_told(change.made_by), change=change.pk))


def work(change: BulkChange, limit: int = AT_ONCE) -> bool:
    """Go on with a change, `limit` conversations at most; False when nothing is left of it."""
    by = change.made_by
    done = deed(change.action, change.value, by=by)
    for _ in range(limit):
        if not _one(change, by, done.do):
            _finish(change)
            return False
    return True


@transaction.atomic
def _one(change: BulkChange, by: User, do: Callable[[Conversation, User], object]) -> bool:
    """One conversation of it, in its own transaction: who is killed leaves it whole or undone."""
    waiting = BulkItem.objects.filter(
        change=change, change__state=Progress.RUNNING, state=ItemState.WAITING
    )
    item = waiting.select_for_update(of=("self",), skip_locked=True).order_by("pk").first()
    if item is None:
        return False
    conversation = visible_to(by).filter(pk=item.conversation_id).first()
    if conversation is None:
        item.state, item.why = ItemState.LEFT, "not with your teams any more"
    else:
        _change(item, conversation, by, do)
    item.save(update_fields=["state", "why", "before", "after"])
    return True


def _change(
    item: BulkItem,
    conversation: Conversation,
    by: User,
    do: Callable[[Conversation, User], object],
) -> None:
    Conversation.objects.select_for_update(of=("self",)).get(pk=conversation.pk)
    before = snapshot(conversation.pk)
    try:
        with transaction.atomic():
            do(conversation, by)
    except Refusal as refusal:
        item.state, item.why = ItemState.LEFT, str(refusal)[:200]
        return
    item.before, item.after = difference(before, snapshot(conversation.pk))
    item.state = ItemState.CHANGED if item.before or item.after else ItemState.LEFT
    item.why = "" if item.state == ItemState.CHANGED else ALREADY


@transaction.atomic
def _finish(change: BulkChange) -> None:
    locked = BulkChange.objects.select_for_update().get(pk=change.pk)
    waits = locked.items.filter(state=ItemState.WAITING).exists()
    if locked.state != Progress.RUNNING or waits:
        return
    locked.state, locked.finished_at = Progress.DONE, clock.now()
    locked.save(update_fields=["state", "finished_at"])
    record(BulkFinished(by=locked.made_by_id, teams=_told(locked.made_by), change=locked.pk))


def stop(change: BulkChange, *, by: User) -> BulkChange:
    """Leave the rest as it is; what is changed already can be undone. Raises `NotAllowed`."""
    need_the_maker(change, by)
    with transaction.atomic():
        locked = BulkChange.objects.select_for_update().get(pk=change.pk)
        if locked.state == Progress.RUNNING:
            locked.state, locked.finished_at = Progress.STOPPED, clock.now()
            locked.save(update_fields=["state", "finished_at"])
            rest = locked.items.filter(state=ItemState.WAITING)
            rest.select_for_update(skip_locked=True).update(state=ItemState.LEFT, why="stopped")
            record(BulkFinished(by=by.pk, teams=_told(by), change=locked.pk))
    return locked


def once(
    conversation: Conversation, action: str, do: Callable[[], T], *, by: User
) -> tuple[T, BulkChange | None]:
    """Do one thing to one conversation so that it can be undone; its result and the change.

    No change is returned when nothing differs afterwards. Raises what `do` raises.
    """
    with transaction.atomic():
        Conversation.objects.select_for_update(of=("self",)).get(pk=conversation.pk)
        before = snapshot(conversation.pk)
        result = do()
        was, now = difference(before, snapshot(conversation.pk))
        if not was and not now:
            return result, None
        change = BulkChange.objects.create(
            made_by=by,
            action=action,
            words=action,
            is_single=True,
            state=Progress.DONE,
            finished_at=clock.now(),
        )
        BulkItem.objects.create(
            change=change,
            conversation=conversation,
            state=ItemState.CHANGED,
            before=was,
            after=now,
        )
        return result, change


def need_the_maker(change: BulkChange, by: User) -> None:
    """Raises `NotAllowed` unless this person made the change."""
    if change.made_by_id != by.pk:
        raise NotAllowed("Only who made this change can stop it or take it back.")


def _told(by: User) -> tuple[int, ...]:
    """Their own teams hear that something happened; nobody else has to."""
    return tuple(sorted(by.teams.values_list("pk", flat=True)))
