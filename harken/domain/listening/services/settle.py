"""What people do with a mention that nobody answers: learn from it, dismiss it, bring it back."""

from __future__ import annotations

from django.db import transaction

from harken.domain.conversations.services.permission import may_change
from harken.domain.journal.services import record
from harken.domain.listening.events import MentionSettled
from harken.domain.listening.models import Monitor
from harken.domain.listening.models_mentions import DismissReason, Mention, MentionState, Taking
from harken.domain.listening.services.asking import teams_of
from harken.domain.people.models import User
from harken.kit import clock
from harken.kit.refusals import Invalid

MOST_LETTERS = 2_000  # of a note


def learn_from(mention: Mention, note: str = "", *, by: User) -> Mention:
    """Put a mention to what the house learns from, with what there is to learn.

    Raises `NotAllowed`, and `Invalid` for one that is in the inbox or on its way there.
    """
    return _settle(mention, MentionState.LEARNT, "", note, by)


def dismiss(mention: Mention, reason: str, note: str = "", *, by: User) -> Mention:
    """Say why nobody answers a mention. Raises `NotAllowed`, and `Invalid` as `learn_from`."""
    if reason not in DismissReason.values:
        raise Invalid("Say why nobody answers this post.")
    return _settle(mention, MentionState.DISMISSED, reason, note, by)


def bring_back(mention: Mention, *, by: User) -> Mention:
    """Put a mention back into the list it came from. Raises `NotAllowed`."""
    return _settle(mention, MentionState.NEW, "", "", by)


def _settle(mention: Mention, state: MentionState, reason: str, note: str, by: User) -> Mention:
    may_change(by)
    said = note.strip()
    if len(said) > MOST_LETTERS:
        raise Invalid(f"A note has at most {MOST_LETTERS:,} characters.")
    with transaction.atomic():
        locked = Mention.objects.select_for_update().get(pk=mention.pk)
        if locked.message_id is not None:
            raise Invalid("This post is in the inbox already. Answer it there, or close it.")
        if Taking.objects.filter(mention=locked, next_at__isnull=False).exists():
            raise Invalid("This post is on its way to the inbox.")
        if (locked.state, locked.reason, locked.note) != (state, reason, said):
            locked.state, locked.reason, locked.note = state, reason, said
            locked.settled_by, locked.settled_at = by, clock.now()
            locked.save(update_fields=["state", "reason", "note", "settled_by", "settled_at"])
            monitors = list(Monitor.objects.filter(monitorhit__mention=locked))
            teams = teams_of(monitors)
            record(MentionSettled(mention=locked.pk, state=state, by=by.pk, teams=teams))
    return locked
