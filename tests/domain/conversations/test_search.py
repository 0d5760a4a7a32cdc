"""Search finds words wherever they were said, marks them, and shows nobody what is not theirs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest

from harken.domain.channels.models import Channel
from harken.domain.conversations import queries_search
from harken.domain.conversations.models import Conversation, Message, State
from harken.domain.conversations.queries_contacts import (
    contacts,
    people,
    timeline,
    visible_contacts,
)
from harken.domain.conversations.queries_search import Filters, pieces, search
from harken.domain.conversations.services.notes import write_note
from harken.domain.conversations.services.topics import move
from harken.domain.people.models import User
from harken.kit import clock
from tests.cast import Company

Receive = Callable[..., Conversation]
ALL = Filters()


def texts(user: User, query: str, filters: Filters = ALL) -> list[str]:
    return [
        "".join(part for part, _ in hit.pieces) for hit in search(user, query, filters).messages
    ]


def test_words_are_found_whatever_their_case_and_marked(company: Company, receive: Receive) -> None:
    receive("My PARCEL is late")
    receive("All fine here")
    (hit,) = search(company.mika, "parcel", ALL).messages
    assert hit.pieces == (("My ", False), ("PARCEL", True), (" is late", False))
    assert (hit.kind, hit.by) == ("inbound", "Amara Okafor")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("late parcel", 2),
        ('"parcel late"', 1),
        ("parcel -broken", 1),
        ("train or parcel", 3),
        ("#harbour", 1),
        ("größe", 1),
        ("unheard", 0),
        ("!!! 🎉", 0),
        ("", 0),
        ("'; DROP TABLE x; --", 0),
        ("a\x00b", 0),
        ("(((", 0),
        ("x" * 5000, 0),
    ],
)
def test_what_people_type_into_a_search_box(
    company: Company, receive: Receive, query: str, found: int
) -> None:
    receive("parcel late again #harbour")
    receive("late and broken parcel")
    receive("the train, welche Größe?")
    assert len(texts(company.mika, query)) == found


def test_the_other_team_s_words_notes_and_people_are_not_found(
    company: Company, receive: Receive
) -> None:
    theirs = receive("the canary sings", by="zora")
    write_note(theirs, body="canary note", client_key=uuid4(), by=company.maren)
    move(theirs, to=company.billing, by=company.maren)
    for reader, sees in ((company.mika, 0), (company.vic, 0), (company.bea, 1), (company.elif_, 1)):
        found = search(reader, "canary", ALL)
        assert (len(found.messages), len(found.notes)) == (sees, sees)
        assert len(search(reader, "zora", ALL).people) == sees
        assert len(contacts(reader)) == sees
        assert len(contacts(reader, "zora")) == sees
        assert visible_contacts(reader).filter(pk=theirs.contact_id).count() == sees
        assert len(timeline(reader, theirs.contact)) == sees


def test_a_contact_of_two_teams_shows_each_reader_their_part(
    company: Company, receive: Receive
) -> None:
    ours, theirs = receive("for service"), receive("for billing")
    move(theirs, to=company.billing, by=company.maren)
    (known,) = contacts(company.mika)
    assert known.conversations == 1
    assert [chapter.conversation for chapter in timeline(company.mika, known.contact)] == [ours]
    assert len(timeline(company.maren, known.contact)) == 2


def test_filters_narrow_and_combine(company: Company, receive: Receive) -> None:
    closed = receive("parcel one")
    receive("parcel two")
    Conversation.objects.filter(pk=closed.pk).update(state=State.CLOSED)
    Message.objects.filter(conversation=closed).update(sent_at=clock.now() - timedelta(days=9))
    today = clock.now().date()
    assert texts(company.maren, "parcel", Filters(state="closed")) == ["parcel one"]
    assert texts(company.maren, "parcel", Filters(state="open")) == ["parcel two"]
    assert texts(company.maren, "parcel", Filters(since=today - timedelta(days=2))) == [
        "parcel two"
    ]
    assert texts(company.maren, "parcel", Filters(team="billing")) == []
    assert len(texts(company.maren, "parcel", Filters(network="loopback"))) == 2
    assert texts(company.maren, "parcel", Filters(network="elsewhere", team="service")) == []
    assert len(texts(company.maren, "parcel", Filters(state="nonsense"))) == 2


def test_pages_follow_each_other_without_gap_or_repeat(
    company: Company, receive: Receive, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(7):
        receive(f"parcel {number}")
    monkeypatch.setattr(queries_search, "PAGE", 3)
    assert _all_pages(company.mika) == [f"parcel {n}" for n in (6, 5, 4, 3, 2, 1, 0)]
    # A word with more hits than the cap is found by walking, with the same result.
    monkeypatch.setattr(queries_search, "CAP", 2)
    assert _all_pages(company.mika) == [f"parcel {n}" for n in (6, 5, 4, 3, 2, 1, 0)]
    # The walk is cut into short ones; an empty stretch in between is not the end.
    monkeypatch.setattr(queries_search, "WALK", 2)
    assert _all_pages(company.mika) == [f"parcel {n}" for n in (6, 5, 4, 3, 2, 1, 0)]


def _all_pages(user: User) -> list[str]:
    shown: list[str] = []
    before: str | None = None
    for _ in range(20):
        found = search(user, "parcel", ALL, before=before)
        shown += ["".join(part for part, _ in hit.pieces) for hit in found.messages]
        before = found.next
        if before is None:
            return shown
    raise AssertionError("pages without end")


@pytest.mark.parametrize("before", ["x", "-1", "0", str(2**70), "1; --"])
def test_a_place_that_never_was_is_an_error(company: Company, before: str) -> None:
    with pytest.raises(ValueError):
        search(company.mika, "parcel", ALL, before=before)


def test_a_deleted_post_is_found_and_says_so(company: Company, receive: Receive) -> None:
    receive("regretted parcel")
    Message.objects.update(deleted_at=clock.now())
    (hit,) = search(company.mika, "regretted", ALL).messages
    assert hit.deleted


def test_foreign_text_cannot_forge_a_mark(company: Company, receive: Receive) -> None:
    receive("fake \ue000mark\ue001 beside a parcel")
    (hit,) = search(company.mika, "parcel", ALL).messages
    assert [text for text, marked in hit.pieces if marked] == ["parcel"]
    assert pieces("\ue001odd\ue000") == (("\ue001odd", False),)


def test_a_percent_sign_in_a_name_is_a_percent_sign(company: Company, receive: Receive) -> None:
    receive(by="amara")
    assert not people(company.mika, "%").exists()
    assert people(company.mika, "@AMARA").count() == 1
    assert not people(company.mika, "@").exists()


def test_a_timeline_spans_channels_and_says_what_is_left_out(
    company: Company, receive: Receive
) -> None:
    first = receive("hello")
    for number in range(8):
        receive(f"more {number}", root_id=first.thread_key)
    other = Channel.objects.create(
        brand=company.brand, team=company.service, network="loopback", external_id="b", handle="b"
    )
    elsewhere = receive("on the other account")
    Conversation.objects.filter(pk=elsewhere.pk).update(channel=other)
    chapters = timeline(company.mika, first.contact)
    assert {chapter.conversation.channel_id for chapter in chapters} == {
        company.channel.pk,
        other.pk,
    }
    long = next(chapter for chapter in chapters if chapter.conversation.pk == first.pk)
    assert [message.body for message in long.messages] == [f"more {n}" for n in range(2, 8)]
    assert long.earlier == 3
