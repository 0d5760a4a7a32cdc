"""Two contacts as one person, and two again."""

from __future__ import annotations

import pytest

from harken.domain.contacts.models import Contact, ContactMerge
from harken.domain.contacts.queries import person_of, same_person
from harken.domain.contacts.services_merge import (
    CannotMergeContacts,
    merge_contacts,
    unmerge_contact,
)
from harken.domain.conversations.models import Conversation
from harken.domain.conversations.services.merge import merge, unmerge
from harken.domain.journal.models import Event
from harken.kit.refusals import Invalid, NotAllowed

pytestmark = pytest.mark.django_db


@pytest.fixture
def two(receive) -> tuple[Conversation, Conversation]:
    return receive(by="amara"), receive(by="amara2")


def test_two_contacts_are_read_as_one_person_and_as_two_again(company, two):
    one, other = two[0].contact, two[1].contact
    merge_contacts(one, other, by=company.mika, reason="wrote so herself")
    assert list(same_person(Contact.objects.get(pk=other.pk))) == [one, other]
    assert person_of(Contact.objects.get(pk=other.pk)) == one
    made = ContactMerge.objects.get()
    assert (made.reason, made.made_by) == ("wrote so herself", company.mika)
    unmerge_contact(other, by=company.ben)
    assert list(same_person(Contact.objects.get(pk=one.pk))) == [one]
    kinds = ["ContactMerged", "ContactUnmerged"]
    told = Event.objects.filter(kind__in=kinds).order_by("id")
    assert list(told.values_list("kind", flat=True)) == kinds


def test_a_new_post_of_a_merged_contact_keeps_its_tree(company, two, receive):
    one, other = two
    merge_contacts(one.contact, other.contact, by=company.mika, reason="same phone")
    assert receive("More", by="amara2", root_id=other.thread_key) == other


def test_a_reason_is_needed_and_nobody_is_merged_twice(company, two, receive):
    one, other, third = two[0].contact, two[1].contact, receive(by="amara3").contact
    with pytest.raises(Invalid, match="how you know"):
        merge_contacts(one, other, by=company.mika, reason=" ")
    with pytest.raises(Invalid, match="same contact"):
        merge_contacts(one, one, by=company.mika, reason="x")
    with pytest.raises(NotAllowed):
        merge_contacts(one, other, by=company.vic, reason="x")
    merge_contacts(one, other, by=company.mika, reason="x")
    merge_contacts(one, other, by=company.mika, reason="x")
    assert ContactMerge.objects.count() == 1
    with pytest.raises(CannotMergeContacts):
        merge_contacts(third, other, by=company.mika, reason="x")
    with pytest.raises(CannotMergeContacts):
        merge_contacts(third, one, by=company.mika, reason="x")


def test_people_stay_one_while_a_case_joins_them(company, two):
    one, other = two
    merge_contacts(one.contact, other.contact, by=company.mika, reason="x")
    merge(one, other, by=company.mika)
    with pytest.raises(CannotMergeContacts, match="Un-merge those first"):
        unmerge_contact(other.contact, by=company.mika)
    unmerge(other, by=company.mika)
    assert unmerge_contact(other.contact, by=company.mika).merged_into is None
