"""The verbs of contacts."""

from __future__ import annotations

from django.db import transaction

from harken.domain.contacts.events import ContactMarked
from harken.domain.contacts.models import Contact, Mark
from harken.domain.journal.services import record
from harken.domain.people.models import User
from harken.kit.refusals import Invalid, NotAllowed


def set_mark(contact: Contact, mark: str, *, by: User | None) -> Contact:
    """Give the contact one of `Mark`, or none (""); `by` None: a rule does.

    Raises `NotAllowed`, `Invalid`.
    """
    if by is not None and not by.can_answer:
        raise NotAllowed("You can read here, but not change anything. Ask your lead for a role.")
    if mark not in Mark.values:
        raise Invalid("There is no such mark; choose one of the list.")
    with transaction.atomic():
        locked = Contact.objects.select_for_update().get(pk=contact.pk)
        before = locked.mark
        if before != mark:
            locked.mark = mark
            locked.save(update_fields=["mark"])
            record(
                ContactMarked(by=by.pk if by else None, contact=locked.pk, mark=mark, before=before)
            )
    return locked
