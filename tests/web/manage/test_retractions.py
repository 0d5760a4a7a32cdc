"""The list of retractions, its file, and their line in the day report."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from harken.domain.conversations.models import Conversation, Message
from harken.domain.journal.models import Event
from harken.domain.people.models import User
from harken.domain.replies.models import Draft, NetworkAction, Reply, ReplyState
from harken.domain.replies.services.retract import Wish, retract
from harken.domain.replies.services.send import send
from harken.kit import clock
from tests.cast import Company


def today() -> dict[str, str]:
    """Asked when it is needed: a run may begin the day before."""
    return {"date": clock.now().date().isoformat()}


def taken_back(conversation: Conversation, wish: Wish, *, by) -> Message:
    reply = send(conversation, body=f"={conversation.pk}+1", client_key=uuid4(), by=by)
    message = Message.objects.create(
        conversation=conversation,
        channel=conversation.channel,
        external_id=f"ours-{reply.pk}",
        direction="outbound",
        author=by,
        body=reply.body,
        sent_at=clock.now(),
    )
    Reply.objects.filter(pk=reply.pk).update(state=ReplyState.SENT, message=message)
    retract(message, wish, by=by)
    return message


@pytest.fixture
def sign_in() -> Callable[[User], Client]:
    """A client of that person."""

    def signed_in(user: User) -> Client:
        browser = Client()
        browser.force_login(user)
        return browser

    return signed_in


@pytest.fixture
def three(company: Company, receive) -> list[Message]:
    """One put right, one the network keeps, one of the other team."""
    right = taken_back(
        receive(by="amara"), Wish("wrong", correcting="It is tomorrow."), by=company.mika
    )
    kept = taken_back(receive(by="bruno"), Wish("tone"), by=company.mika)
    NetworkAction.objects.filter(message=kept).update(state=ReplyState.REFUSED, error="Too old")
    other = taken_back(receive(by="zora"), Wish("other", "kestrel"), by=company.mika)
    Conversation.objects.filter(pk=other.conversation_id).update(team=company.billing)
    draft = Draft.objects.get()
    reply = send(
        right.conversation,
        body=draft.body,
        client_key=draft.client_key,
        by=company.mika,
        again=True,
    )
    Reply.objects.filter(pk=reply.pk).update(state=ReplyState.SENT)
    return [right, kept, other]


def test_the_list_shows_what_went_why_and_what_stands_instead(
    company: Company, sign_in, three
) -> None:
    html = sign_in(company.lena).get(reverse("manage:retractions")).content.decode()
    assert html.count('class="card retraction"') == 2
    assert "It was wrong" in html
    assert "put right" in html
    assert "It is tomorrow." in html
    assert "still at the network" in html
    assert "Too old" in html
    assert "kestrel" not in html
    everything = sign_in(company.maren).get(reverse("manage:retractions")).content.decode()
    assert "kestrel" in everything


def test_another_day_has_its_own(company: Company, sign_in, three) -> None:
    lena = sign_in(company.lena)
    tomorrow = (clock.now() + timedelta(days=2)).date().isoformat()
    assert (
        "Nothing was taken back"
        in lena.get(reverse("manage:retractions"), {"date": tomorrow}).content.decode()
    )
    on_day = lena.get(reverse("manage:retractions"), today()).content.decode()
    assert on_day.count('class="card retraction"') == 2


def test_a_long_list_goes_on_by_its_last_row(company: Company, sign_in, three, monkeypatch) -> None:
    monkeypatch.setattr("harken.web.manage.views.retractions.MOST", 2)
    maren = sign_in(company.maren)
    first = maren.get(reverse("manage:retractions")).content.decode()
    assert first.count('class="card retraction"') == 2
    older = first.partition("?before=")[2].partition('"')[0]
    rest = maren.get(reverse("manage:retractions"), {"before": older}).content.decode()
    assert rest.count('class="card retraction"') == 1
    assert "It is tomorrow." in rest


def test_the_file_holds_the_rows_one_may_see_and_nothing_to_calculate(
    company: Company, sign_in, three
) -> None:
    answer = sign_in(company.lena).post(reverse("manage:export_retractions"))
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    head, *rows = csv.reader(io.StringIO(text))
    found = [dict(zip(head, row, strict=True)) for row in rows]
    assert [row["state"] for row in found] == ["refused", "asked"]
    assert found[1]["correcting text"] == "It is tomorrow."
    assert all(row["text"].startswith("'=") for row in found)
    assert "kestrel" not in text
    taken = Event.objects.get(kind="ConversationsExported")
    assert taken.data["what"] == "retractions"
    assert taken.data["count"] == 2


def test_the_day_report_counts_them_and_leads_to_them(company: Company, sign_in, three) -> None:
    lena = sign_in(company.lena)
    html = lena.get(reverse("manage:day"), today()).content.decode()
    assert "2 answers taken back</a>" in html
    assert "1 put right" in html
    assert "1 still at the network" in html
    by_ben = lena.get(reverse("manage:day"), today() | {"agent": company.ben.pk}).content.decode()
    assert "taken back</a>" not in by_ben
    file = lena.get(reverse("manage:day_csv"), today()).content.decode()
    assert "retracted,taken back,2" in file
    assert "retracted,still at the network,1" in file


def test_agents_are_not_shown_the_list(company: Company, sign_in, three) -> None:
    assert sign_in(company.mika).get(reverse("manage:retractions")).status_code == 403
