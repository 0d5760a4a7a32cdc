"""What one sees of a conversation."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from django.test import Client

from harken.domain.channels.models import ChannelState
from harken.domain.conversations.services.assign import assign, take
from harken.domain.conversations.services.close import close
from harken.domain.conversations.services.notes import write_note
from harken.domain.conversations.services.receive import receive_posts
from harken.kit import clock
from harken.kit.connector import (
    Author,
    ContextPost,
    Image,
    PostDeleted,
    PostEdited,
    QuotedPost,
)
from tests.cast import Company, post

HTMX = {"HX-Request": "true"}
EVIL = "<script>alert('x')</script><img src=x onerror=alert(1)>"


def page(browser: Client, conversation, *, headers: dict[str, str] | None = None) -> str:
    return browser.get(f"/desk/c/{conversation.pk}/", headers=headers).content.decode()


def test_by_its_own_address_it_is_a_whole_page_with_the_list_beside(mika: Client, receive) -> None:
    opened = receive("Where is my bag?")
    html = page(mika, opened)
    assert "<!doctype html>" in html
    assert f'data-row="{opened.pk}"' in html
    assert f'data-open-conversation="{opened.pk}"' in html


def test_from_the_list_only_the_pane_comes(mika: Client, receive) -> None:
    html = page(mika, receive("Where is my bag?"), headers=HTMX)
    assert "<!doctype html>" not in html
    assert 'hx-target="#context"' in html
    assert "Where is my bag?" in html


def test_strangers_texts_are_shown_and_never_obeyed(company: Company, mika: Client) -> None:
    author = Author("acct-evil", "evil.example", EVIL)
    arrived = post(
        EVIL,
        author=author,
        url="javascript:alert(1)",
        images=(Image("javascript:alert(2)", EVIL), Image("https://p.example/1.jpg", EVIL)),
        quoted=QuotedPost("q1", author, EVIL, "javascript:alert(3)"),
        ancestors=(ContextPost("root", author, EVIL, clock.now(), url="javascript:alert(4)"),),
        parent_id="root",
        root_id="root",
    )
    receive_posts(company.channel, [arrived])
    opened = company.channel.conversations.get()
    write_note(opened, body=EVIL, client_key=uuid4(), by=company.mika)
    for html in (page(mika, opened), page(mika, opened, headers=HTMX)):
        assert "<script>alert" not in html
        assert "<img src=x" not in html
        assert "javascript:" not in html
        assert "&lt;script&gt;alert" in html


def test_pictures_come_from_our_own_address_with_their_description(
    company: Company, mika: Client, receive, monkeypatch
) -> None:
    opened = receive(images=(Image("https://p.example/1.jpg", "A grey suitcase"),))
    message = opened.messages.get()
    html = page(mika, opened)
    address = f"/desk/c/{opened.pk}/picture/message/{message.pk}/0/"
    assert f'src="{address}"' in html
    assert 'alt="A grey suitcase"' in html

    from harken.domain.channels.pictures import Picture

    asked: list[str] = []

    def fetch(url: str) -> Picture | None:
        asked.append(url)
        return Picture(b"jpeg", "image/jpeg") if len(asked) == 1 else None

    monkeypatch.setattr("harken.web.desk.views.pictures.fetch_picture", fetch)
    response = mika.get(address)
    assert (response.content, response["Content-Type"]) == (b"jpeg", "image/jpeg")
    assert "sandbox" in response["Content-Security-Policy"]
    assert mika.get(address).status_code == 404
    assert asked == ["https://p.example/1.jpg"] * 2


def test_the_public_post_above_an_edit_and_a_deletion_are_shown(
    company: Company, mika: Client, receive
) -> None:
    us = Author("acct-meridian", "meridian.example", "Meridian")
    opened = receive(
        "First words",
        external_id="p-1",
        root_id="root",
        parent_id="root",
        ancestors=(ContextPost("root", us, "Two flights more a day", clock.now(), by_us=True),),
    )
    later = clock.now()
    receive_posts(company.channel, [PostEdited("p-1", "Better words", later, "2")])
    html = page(mika, opened)
    assert "In reply to our post" in html
    assert "Two flights more a day" in html
    assert "Better words" in html
    assert "edited" in html
    receive_posts(company.channel, [PostDeleted("p-1", later + timedelta(seconds=1))])
    html = page(mika, opened)
    assert "deleted at the network" in html
    assert "Better words" in html


def test_events_are_told_in_words_and_folded(company: Company, mika: Client, receive) -> None:
    opened = take(receive(), by=company.mika)
    assign(opened, to=company.ben, by=company.mika)
    close(opened, reason="spam", by=company.ben)
    html = page(mika, opened)
    assert "Mika took it" in html
    assert "Mika gave it to Ben" in html
    assert "Ben closed it: spam or abuse" in html
    assert "<details" in html


def test_the_side_column_knows_the_person(company: Company, mika: Client, receive) -> None:
    earlier = receive("An old question", by="amara", root_id="old", external_id="old")
    close(earlier, reason="thanks", by=company.mika)
    html = page(mika, receive("A new one", by="amara"))
    assert "@amara.example" in html
    assert f"/desk/c/{earlier.pk}/" in html
    assert "nothing to answer" in html
    assert "English" in html


def test_a_channel_in_trouble_says_what_happens_to_the_answer(
    company: Company, mika: Client, receive
) -> None:
    opened = receive()
    company.channel.state = ChannelState.NEEDS_LOGIN
    company.channel.save()
    assert "leaves when the channel is connected again" in page(mika, opened)


def test_the_thread_is_refreshed_without_the_composer(mika: Client, receive) -> None:
    opened = receive("Where is my bag?")
    html = mika.get(f"/desk/c/{opened.pk}/messages/").content.decode()
    assert "Where is my bag?" in html
    assert 'hx-target="#head"' in html
    assert "data-composer" not in html
    assert f'name="seen" id="seen" value="{opened.messages.get().pk}"' in html


def test_opening_asks_the_database_few_questions(
    company: Company, mika: Client, receive, django_assert_max_num_queries
) -> None:
    opened = receive("first", external_id="r", root_id="r")
    for number in range(20):
        receive(f"word {number}", root_id="r", parent_id="r")
    take(opened, by=company.mika)
    with django_assert_max_num_queries(22):
        html = page(mika, opened, headers=HTMX)
    assert html.count("word ") >= 20
