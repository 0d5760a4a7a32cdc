"""Who is the same person as whom."""

from __future__ import annotations

from django.db.models import F, Q, QuerySet

from harken.domain.contacts.models import Contact, ContactMerge, Handle


def person_of(contact: Contact) -> Contact:
    """The contact that stands for the person: the one this was merged into, or itself."""
    return contact.merged_into or contact


def same_person(contact: Contact) -> QuerySet[Contact]:
    """All contacts of the person, this one among them, the standing one first."""
    leading = contact.merged_into_id or contact.pk
    found = Contact.objects.filter(Q(pk=leading) | Q(merged_into=leading))
    return found.order_by(F("merged_into_id").asc(nulls_first=True), "pk")


def handles_of(contact: Contact) -> QuerySet[Handle]:
    """What the person is called at the networks, as `same_person` is ordered."""
    leading = contact.merged_into_id or contact.pk
    found = Handle.objects.filter(Q(contact=leading) | Q(contact__merged_into=leading))
    order = F("contact__merged_into_id").asc(nulls_first=True)
    return found.order_by(order, "contact_id", "pk")


def merges_of(contact: Contact) -> QuerySet[ContactMerge]:
    """The merges that make this person one, oldest first."""
    found = ContactMerge.objects.filter(leading=contact, undone_at=None)
    return found.select_related("merged", "made_by").order_by("pk")
