"""The mark of a contact: one word colleagues should know before they answer."""

from __future__ import annotations

import pytest

from harken.domain.contacts.services import set_mark
from harken.domain.conversations.services.close import close
from harken.domain.journal.models import Event
from harken.kit.refusals import Invalid, NotAllowed

pytestmark = pytest.mark.django_db


def test_a_mark_is_set_changed_and_taken_away(company, receive):
    contact = receive().contact
    assert set_mark(contact, "press", by=company.mika).mark == "press"
    set_mark(contact, "press", by=company.ben)
    assert set_mark(contact, "", by=company.ben).mark == ""
    told = Event.objects.filter(kind="ContactMarked").order_by("id")
    assert [(each.data["before"], each.data["mark"]) for each in told] == [
        ("", "press"),
        ("press", ""),
    ]


def test_every_open_conversation_of_the_contact_is_told(company, receive):
    first, second = receive(by="amara"), receive(by="amara")
    close(receive(by="amara"), reason="spam", by=company.mika)
    receive(by="jonas")
    set_mark(first.contact, "vip", by=company.mika)
    told = Event.objects.filter(kind="MarkShown")
    assert {each.conversation_id for each in told} == {first.pk, second.pk}
    assert all(each.teams == [company.service.pk] for each in told)


def test_there_are_only_the_marks_of_the_list_and_viewers_set_none(company, receive):
    contact = receive().contact
    with pytest.raises(Invalid):
        set_mark(contact, "annoying", by=company.mika)
    with pytest.raises(NotAllowed):
        set_mark(contact, "vip", by=company.vic)
