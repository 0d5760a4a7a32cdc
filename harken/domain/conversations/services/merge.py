"""Making two conversations one case, and two again.

Nothing of the merged conversation changes but where it stands: its messages stay in their own
public tree, its turn keeps its own clock, and whatever happens to it meanwhile happens to it.
Therefore un-merging has nothing to restore.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from harken.domain.conversations.events import (
    CaseGrown,
    CaseShrunk,
    ConversationMerged,
    ConversationUnmerged,
)
from harken.domain.conversations.models import Conversation
from harken.domain.conversations.models_set_aside import Merge, Waker
from harken.domain.conversations.queries import visible_to
from harken.domain.conversations.services.permission import may_change, teams_of
from harken.domain.conversations.services.snooze import end_snoozes
from harken.domain.journal.services import record_all
from harken.domain.people.models import User
from harken.kit import clock
from harken.kit.refusals import Invalid, NotAllowed, Refusal
from harken.kit.text import storable

LONGEST_REASON = 200  # characters


class CannotMerge(Refusal):
    """These two cannot be one case; the sentence says what to do instead."""


def merge(
    leading: Conversation, merged: Conversation, *, by: User, reason: str = ""
) -> Conversation:
    """Put `merged` behind `leading` and return that one; they are shown and worked on as one.

    The case belongs to the team of the leading one. Merging again what is merged already changes
    nothing. Raises `NotAllowed` when `by` may not see both, `Invalid` for two people, and
    `CannotMerge` when one of them is in another case.
    """
    may_change(by)
    if leading.pk == merged.pk:
        raise Invalid("That is the same conversation. Choose another one.")
    with transaction.atomic():
        first, second = _locked(visible_to(by), leading.pk, merged.pk)
        if second.merged_into_id == first.pk:
            return first
        _check(first, second)
        made = Merge.objects.create(
            leading=first,
            merged=second,
            reason=storable(reason.strip(), LONGEST_REASON),
            made_by=by,
        )
        second.merged_into, second.case_team = first, first.team_id
        second.save(update_fields=["merged_into", "case_team"])
        if second.waiting_since is not None:
            end_snoozes([first.pk], Waker.MERGED, by=by)
        _tell(first, second, made, by)
        first.refresh_from_db()
        return first


def unmerge(merged: Conversation, *, by: User) -> Conversation:
    """Take a conversation out of its case and return it, as if it had never been in one.

    One that is in no case stays as it is. Raises `NotAllowed`.
    """
    may_change(by)
    with transaction.atomic():
        now_in = Conversation.objects.values_list("merged_into", flat=True).get(pk=merged.pk)
        if now_in is None:
            return merged
        first, second = _locked(Conversation.objects.all(), now_in, merged.pk)
        if second.merged_into_id == first.pk:  # a colleague may have been faster
            undone = Merge.objects.get(merged=second, undone_at=None)
            undone.undone_at, undone.undone_by = clock.now(), by
            undone.save(update_fields=["undone_at", "undone_by"])
            second.merged_into, second.case_team = None, None
            second.save(update_fields=["merged_into", "case_team"])
            _tell_undone(first, second, undone, by)
        second.refresh_from_db()
        return second


def _locked(
    among: QuerySet[Conversation], leading: int, merged: int
) -> tuple[Conversation, Conversation]:
    """Both rows, locked in the order in which everybody locks several."""
    rows = among.filter(pk__in=[leading, merged]).select_for_update(of=("self",)).order_by("pk")
    found = {row.pk: row for row in rows.select_related("contact")}
    if len(found) < 2:
        raise NotAllowed("You can only merge conversations that you can see. Ask a colleague.")
    return found[leading], found[merged]


def _check(leading: Conversation, merged: Conversation) -> None:
    people = {each.contact.merged_into_id or each.contact_id for each in (leading, merged)}
    if len(people) > 1:
        raise Invalid("These are two people. If they are one, merge the contacts first.")
    if leading.merged_into_id is not None or merged.merged_into_id is not None:
        raise CannotMerge("One of them is in another case. Merge with the one that leads it.")
    if merged.members.exists():
        raise CannotMerge("This one leads a case. Merge the other one into it, or un-merge first.")


def _tell(leading: Conversation, merged: Conversation, made: Merge, by: User) -> None:
    teams = teams_of(leading, merged.team_id)
    where: dict[str, Any] = {
        "channel": merged.channel_id,
        "by": by.pk,
        "teams": teams,
        "merge": made.pk,
    }
    record_all(
        [
            ConversationMerged(conversation=merged.pk, into=leading.pk, **where),
            CaseGrown(conversation=leading.pk, merged=merged.pk, **where),
        ]
    )


def _tell_undone(leading: Conversation, merged: Conversation, undone: Merge, by: User) -> None:
    teams = teams_of(leading, merged.team_id)
    where: dict[str, Any] = {
        "channel": merged.channel_id,
        "by": by.pk,
        "teams": teams,
        "merge": undone.pk,
    }
    record_all(
        [
            ConversationUnmerged(conversation=merged.pk, of=leading.pk, **where),
            CaseShrunk(conversation=leading.pk, merged=merged.pk, **where),
        ]
    )
