"""Writing in private from the desk: two keys, a countdown, and the text back after an undo."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable

import pytest
from django.test import Client

from harken.domain.handover.models import PrivateText, TextState
from harken.domain.handover.services.say import say
from harken.domain.handover.services.talk import hear
from harken.domain.replies.models import Draft, Reply
from tests.cast import Company
from tests.domain.handover.conftest import Offered, offer, portal
from tests.web.desk.writing import HTMX, form, once_read, read_again, send

__all__ = ["offer", "portal"]
pytestmark = pytest.mark.django_db
Offer = Callable[..., Offered]
GOOD = "Thank you. We send you a new one today. /Mika"


@pytest.fixture
def talk(offer: Offer) -> Offered:
    return offer("My frame has a scratch.").opened_by(Client())


def sent(browser: Client, talk: Offered, text: str, **more: object):
    """Both keys of a private text."""
    fields = form(text, kind="private", **more)
    html = read_again(browser, talk.conversation, fields).content.decode()
    return send(browser, talk.conversation, once_read(html, fields))


def undone(browser: Client, **fields: str):
    text = PrivateText.objects.get()
    return browser.post(f"/desk/private/{text.pk}/undo/", fields, headers=HTMX)


def test_a_private_text_is_read_again_as_the_customer_will_read_it(
    mika: Client, talk: Offered
) -> None:
    html = read_again(mika, talk.conversation, form(GOOD, kind="private")).content.decode()
    assert "on their private page" in html
    assert "for 10 s it can be taken back" in html
    assert "/send/" in html
    assert not PrivateText.objects.exists()


def test_the_second_key_holds_it_and_the_thread_shows_the_countdown(
    mika: Client, talk: Offered
) -> None:
    replies = Reply.objects.count()
    html = sent(mika, talk, GOOD).content.decode()
    text = PrivateText.objects.get()
    assert text.state == TextState.HELD
    assert f'id="private-text-{text.pk}"' in html
    assert "goes out in" in html
    assert html.count(f"/desk/private/{text.pk}/undo/") == 2  # beside it, and in the countdown
    assert Reply.objects.count() == replies


def test_what_the_customer_wrote_meanwhile_is_shown_before_it_leaves(
    mika: Client, talk: Offered
) -> None:
    fields = form(GOOD, kind="private")
    html = read_again(mika, talk.conversation, fields).content.decode()
    hear(talk.hand_over, body="Never mind, it came.", client_key=uuid.uuid4())
    stopped = send(mika, talk.conversation, once_read(html, fields))
    assert stopped.status_code == 409
    assert "Never mind, it came." in stopped.content.decode()
    assert not PrivateText.objects.exists()
    again = send(mika, talk.conversation, once_read(stopped.content.decode(), fields))
    assert again.status_code == 200


def test_a_colleague_who_speaks_stops_it_once(
    mika: Client, talk: Offered, company: Company
) -> None:
    say(talk.conversation, body="Hello there.", client_key=uuid.uuid4(), by=company.ben)
    fields = form(GOOD, kind="private")
    html = read_again(mika, talk.conversation, fields).content.decode()
    stopped = send(mika, talk.conversation, once_read(html, fields))
    assert stopped.status_code == 409
    assert "Ben" in stopped.content.decode()
    hidden = once_read(stopped.content.decode(), fields) | {"alongside": "1"}
    assert 'name="alongside" value="1"' in stopped.content.decode()
    assert send(mika, talk.conversation, hidden).status_code == 200


def test_an_undone_private_text_is_in_the_composer_in_private_and_nowhere_else(
    mika: Client, talk: Offered
) -> None:
    sent(mika, talk, GOOD)
    html = undone(mika).content.decode()
    assert "they never saw it" in html
    assert GOOD in composer_of(html)
    assert chosen_kind(html) == "private"
    page = mika.get(f"/desk/c/{talk.conversation.pk}/").content.decode()
    assert GOOD in composer_of(page)
    assert chosen_kind(page) == "private"
    assert not Draft.objects.exists()


def test_what_was_typed_meanwhile_is_not_lost_and_never_changes_its_readers(
    mika: Client, talk: Offered
) -> None:
    sent(mika, talk, GOOD)
    html = undone(mika, text="Between us: be kind.", kind="note").content.decode()
    assert 'id="composer"' not in html  # the note stays where it is being written
    page = mika.get(f"/desk/c/{talk.conversation.pk}/").content.decode()
    assert GOOD in composer_of(page)
    assert "Between us" not in page


def test_an_emptied_field_gives_up_what_was_taken_back(mika: Client, talk: Offered) -> None:
    sent(mika, talk, GOOD)
    undone(mika)
    mika.post(f"/desk/c/{talk.conversation.pk}/draft/", {"text": "", "kind": "private"})
    page = mika.get(f"/desk/c/{talk.conversation.pk}/").content.decode()
    assert GOOD not in page


def composer_of(html: str) -> str:
    found = re.search(r'<textarea name="text".*?</textarea>', html, re.DOTALL)
    return found[0] if found else ""


def chosen_kind(html: str) -> str:
    found = re.search(r'class="tab (\w+)"><input [^>]*checked', html)
    return found[1] if found else ""
