"""What people are told of, as it happens."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from harken.domain.channels.services.mark import mark_failing, mark_heard, mark_lost
from harken.domain.conversations.models import Conversation
from harken.domain.conversations.services.assign import assign, take
from harken.domain.conversations.services.notes import write_note
from harken.domain.journal.services import tell_many
from harken.domain.notifications.models import NoteMention, Notification
from harken.domain.notifications.queries import of_person
from harken.domain.notifications.services.read import mark_all_read
from harken.domain.people.models import Membership, User
from harken.domain.sla.events import SLABreached, SLADueSoon

pytestmark = pytest.mark.django_db


def note(conversation: Conversation, text: str, by: User) -> NoteMention | None:
    written = write_note(conversation, body=text, client_key=uuid4(), by=by)
    return NoteMention.objects.filter(note=written).first()


def told(person: User) -> list[tuple[str, str]]:
    return list(of_person(person).values_list("kind", "text"))


@pytest.mark.parametrize("name", ["mika", "Mika", "MIKA", "mika.", "mika,"])
def test_a_mentioned_colleague_is_told_with_the_note(company, receive, name) -> None:
    kept = note(receive(), f"@{name} knows the tracking number", company.ben)
    assert kept and kept.person == company.mika
    assert told(company.mika) == [
        ("mention", f"Ben mentions you: “@{name} knows the tracking number”")
    ]
    assert told(company.ben) == []


def test_full_and_first_names_are_understood(company, receive) -> None:
    company.mika.display_name = "Mika Tamm"
    company.mika.save()
    note(receive(), "@MikaTamm please", company.ben)
    note(receive(), "@Mika please", company.ben)
    assert len(told(company.mika)) == 2


def test_a_first_name_two_people_share_means_neither(company, receive) -> None:
    for user, name in ((company.lena, "Kim Ash"), (company.maren, "Kim Oak")):
        user.display_name = name
        user.save()
    assert note(receive(), "@Kim please", company.ben) is None


@pytest.mark.parametrize("text", ["mail mika@mika.example", "no mika here", "@mikado", "@@mika"])
def test_what_is_no_mention_tells_nobody(company, receive, text) -> None:
    assert note(receive(), text, company.ben) is None
    assert told(company.mika) == []


def test_a_colleague_who_may_not_see_it_is_kept_as_not_told(company, receive) -> None:
    kept = note(receive(), "@bea is this yours?", company.ben)
    assert kept and not kept.told
    assert told(company.bea) == []


@pytest.mark.parametrize("name", ["team", "service", "Service"])
def test_a_mentioned_team_is_told_but_for_the_writer(company, receive, name) -> None:
    kept = note(receive(), f"@{name} who knows?", company.ben)
    assert kept and kept.team == company.service
    assert [bool(told(p)) for p in (company.mika, company.lena, company.ben, company.bea)] == [
        True,
        True,
        False,
        False,
    ]


def test_who_is_named_alone_and_in_a_team_is_told_once(company, receive) -> None:
    note(receive(), "@mika and @team, and @mika again", company.ben)
    assert len(told(company.mika)) == 1


def test_who_gets_a_conversation_is_told_and_who_takes_one_is_not(company, receive) -> None:
    given, taken = receive(), receive()
    assign(given, to=company.mika, by=company.ben)
    take(taken, by=company.mika)
    assert told(company.mika) == [("assigned", "Ben gives you a conversation")]


def test_a_further_message_is_told_once_until_it_is_read(company, receive) -> None:
    first = receive(external_id="root")
    take(first, by=company.mika)
    assert told(company.mika) == []
    receive("And?", root_id="root")
    receive("Hello?", root_id="root")
    assert told(company.mika) == [("message_in_mine", "A customer of yours writes again")]
    mark_all_read(by=company.mika)
    receive("Anybody?", root_id="root")
    assert len(told(company.mika)) == 2


def test_the_clock_tells_whoever_has_the_conversation(company, receive) -> None:
    mine, nobodys = receive(), receive()
    take(mine, by=company.mika)
    tell_many(SLADueSoon, [mine.pk, nobodys.pk])
    tell_many(SLABreached, [mine.pk, nobodys.pk])
    assert sorted(kind for kind, _ in told(company.mika)) == ["breached", "due_soon"]
    assert Notification.objects.count() == 2


def test_who_left_the_team_is_not_told_of_its_customers(company, receive) -> None:
    first = receive(external_id="root")
    take(first, by=company.mika)
    Membership.objects.filter(user=company.mika).delete()
    receive("And?", root_id="root")
    assert not Notification.objects.exists()


def test_many_messages_cost_no_more_statements_than_one(company, receive) -> None:
    found = [receive(external_id=f"root-{number}") for number in range(6)]
    for each in found:
        take(each, by=company.mika)
    with CaptureQueriesContext(connection) as one:
        tell_many(SLABreached, [found[0].pk])
    with CaptureQueriesContext(connection) as five:
        tell_many(SLABreached, [each.pk for each in found[1:]])
    assert len(five) == len(one)


def test_who_looks_after_a_channel_hears_that_it_fails_once(company) -> None:
    for _ in range(2):
        mark_failing(company.channel, "502")
        mark_heard(company.channel)
    assert told(company.lena) == [("channel_failing", "meridian.example does not answer")]
    company.channel.refresh_from_db()
    mark_lost(company.channel, "revoked")
    assert told(company.maren)[0] == ("channel_failing", "meridian.example needs a new login")
    assert told(company.ben) == told(company.bea) == []
