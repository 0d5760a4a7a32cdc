"""Saying that two contacts are one person, and taking it back.

Both keep their handles and conversations, so a new post finds its way as before and taking the
merge back has nothing to restore.
"""

from __future__ import annotations

from django.db import transaction

from harken.domain.contacts.events import ContactMerged, ContactUnmerged
from harken.domain.contacts.models import Contact, ContactMerge
from harken.domain.journal.services import record
from harken.domain.people.models import User
from harken.kit import clock
from harken.kit.refusals import Invalid, NotAllowed, Refusal
from harken.kit.text import storable

LONGEST_REASON = 200  # characters


class CannotMergeContacts(Refusal):
    """These two cannot be one person now; the sentence says what to do instead."""


def merge_contacts(leading: Contact, merged: Contact, *, by: User, reason: str) -> Contact:
    """Say that `merged` is the same person as `leading`, and why; returns `leading`.

    The caller has made sure that `by` may know both. Saying it again changes nothing. Raises
    `NotAllowed`, `Invalid` without a reason, `CannotMergeContacts`.
    """
    _may_change(by)
    reason = storable(reason.strip(), LONGEST_REASON)
    if not reason:
        raise Invalid("Say how you know that this is the same person.")
    if leading.pk == merged.pk:
        raise Invalid("That is the same contact. Choose another one.")
    with transaction.atomic():
        first, second = _locked(leading.pk, merged.pk)
        if second.merged_into_id == first.pk:
            return first
        _check(first, second)
        made = ContactMerge.objects.create(leading=first, merged=second, reason=reason, made_by=by)
        second.merged_into = first
        second.save(update_fields=["merged_into"])
        record(ContactMerged(by=by.pk, contact=second.pk, into=first.pk, merge=made.pk))
        return first


def unmerge_contact(merged: Contact, *, by: User) -> Contact:
    """Say that the contact is a person of their own after all, and return it.

    One that is not merged stays as it is. Raises `NotAllowed`.
    """
    _may_change(by)
    with transaction.atomic():
        locked = Contact.objects.select_for_update(of=("self",)).get(pk=merged.pk)
        leading = locked.merged_into_id
        if leading is None:
            return locked
        undone = ContactMerge.objects.get(merged=locked, undone_at=None)
        undone.undone_at, undone.undone_by = clock.now(), by
        undone.save(update_fields=["undone_at", "undone_by"])
        locked.merged_into = None
        locked.save(update_fields=["merged_into"])
        record(ContactUnmerged(by=by.pk, contact=locked.pk, of=leading, merge=undone.pk))
        return locked


def _may_change(by: User) -> None:
    if not by.can_answer:
        raise NotAllowed("You can read here, but not change anything. Ask your lead for a role.")


def _locked(leading: int, merged: int) -> tuple[Contact, Contact]:
    rows = Contact.objects.filter(pk__in=[leading, merged]).order_by("pk")
    found = {row.pk: row for row in rows.select_for_update(of=("self",))}
    return found[leading], found[merged]


def _check(leading: Contact, merged: Contact) -> None:
    if leading.merged_into_id is not None or merged.merged_into_id is not None:
        raise CannotMergeContacts("One of them is merged with somebody already. Choose that one.")
    if merged.members.exists():
        raise CannotMergeContacts(
            "Others are merged into this one. Merge it the other way round, or undo those first."
        )
