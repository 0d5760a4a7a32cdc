"""Taking a change back: every conversation as it was, but for those somebody changed since."""

from __future__ import annotations

from django.db import transaction

from harken.domain.bulk.events import BulkUndone
from harken.domain.bulk.models import BulkChange, BulkItem, ItemState, Progress
from harken.domain.bulk.services.run import AT_ONCE, need_the_maker
from harken.domain.conversations.services.restore import restore
from harken.domain.journal.services import record
from harken.domain.people.models import User
from harken.kit import clock
from harken.kit.refusals import Refusal

SINCE = "changed since"


class NotYet(Refusal):
    """It is still at work, or taken back already."""


def undo(change: BulkChange, *, by: User) -> BulkChange:
    """Take the change back; a small one is back when this returns.

    Raises `NotAllowed` for who did not make it, `NotYet` while it is at work or once undone.
    """
    need_the_maker(change, by)
    with transaction.atomic():
        locked = BulkChange.objects.select_for_update().get(pk=change.pk)
        if locked.state not in {Progress.DONE, Progress.STOPPED}:
            raise NotYet("It is still at work, or taken back already. Stop it first.")
        locked.state = Progress.UNDOING
        locked.save(update_fields=["state"])
        many = locked.items.filter(state=ItemState.CHANGED).count()
    if many <= AT_ONCE:
        while work_back(locked):
            pass
    locked.refresh_from_db()
    return locked


def work_back(change: BulkChange, limit: int = AT_ONCE) -> bool:
    """Go on taking it back, `limit` conversations at most; False when nothing is left of it."""
    for _ in range(limit):
        if not _one_back(change):
            _finish(change)
            return False
    return True


@transaction.atomic
def _one_back(change: BulkChange) -> bool:
    changed = BulkItem.objects.filter(
        change=change, change__state=Progress.UNDOING, state=ItemState.CHANGED
    )
    locked = changed.select_for_update(of=("self",), skip_locked=True)
    item = locked.select_related("conversation").order_by("-pk").first()
    if item is None:
        return False
    try:
        with transaction.atomic():
            is_back = restore(item.conversation, item.before, item.after, by=change.made_by)
    except Refusal as refusal:
        is_back, item.why = False, str(refusal)[:200]
    item.state = ItemState.UNDONE if is_back else ItemState.KEPT
    item.why = "" if is_back else item.why or SINCE
    item.save(update_fields=["state", "why"])
    return True


@transaction.atomic
def _finish(change: BulkChange) -> None:
    locked = BulkChange.objects.select_for_update().get(pk=change.pk)
    if locked.state != Progress.UNDOING or locked.items.filter(state=ItemState.CHANGED).exists():
        return
    locked.state, locked.undone_at = Progress.UNDONE, clock.now()
    locked.save(update_fields=["state", "undone_at"])
    teams = tuple(sorted(locked.made_by.teams.values_list("pk", flat=True)))
    record(BulkUndone(by=locked.made_by_id, teams=teams, change=locked.pk))
