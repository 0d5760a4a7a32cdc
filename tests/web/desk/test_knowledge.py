"""The finder, the guideline and the examples beside the composer, and the pages behind them."""

from __future__ import annotations

import pytest
from django.test import Client

from harken.domain.contacts.models import Contact
from harken.domain.conversations.services.topics import set_topic
from harken.domain.knowledge.models import GuidelineConfirmation, SavedAnswer, SavedAnswerUse
from harken.domain.knowledge.services.answers import AnswerPlan, write_answer
from harken.domain.knowledge.services.guidelines import write_guideline


@pytest.fixture
def mika(company) -> Client:
    client = Client()
    client.force_login(company.mika)
    return client


@pytest.fixture
def lena(company) -> Client:
    client = Client()
    client.force_login(company.lena)
    return client


def saved(company, title="Lost bag", short="Hi {name}, {personal} we look for your bag.", **more):
    plan = AnswerPlan(title=title, short=short, owner=company.mika, **more)
    return write_answer(company.brand, plan, by=company.lena)


def test_the_finder_offers_the_wording_with_the_customers_name(mika, receive, company) -> None:
    conversation = receive()
    Contact.objects.filter(pk=conversation.contact_id).update(name_to_use="Amara")
    answer = saved(company)
    shown = mika.get(f"/desk/c/{conversation.pk}/answers/?q=lost").content.decode()
    assert 'data-text="Hi Amara, {personal} we look for your bag."' in shown
    assert f'data-answer="{answer.pk}"' in shown
    nothing = mika.get(f"/desk/c/{conversation.pk}/answers/?q=zzz").content.decode()
    assert "role=" not in nothing


def test_inserting_is_noted_for_the_conversation(mika, receive, company) -> None:
    conversation, answer = receive(), saved(company)
    told = mika.post(f"/desk/c/{conversation.pk}/begin/", {"answer": answer.pk})
    assert told.status_code == 204
    assert SavedAnswerUse.objects.get().conversation == conversation
    gone = mika.post(f"/desk/c/{conversation.pk}/begin/", {"answer": "no"})
    assert gone.status_code == 404


def test_the_guideline_stands_beside_the_composer_until_it_is_read(mika, receive, company) -> None:
    conversation = receive()
    set_topic(conversation, company.baggage, by=company.mika)
    write_guideline(company.brand, company.baggage, "- Name <b>the</b> hour.", by=company.lena)
    page = mika.get(f"/desk/c/{conversation.pk}/").content.decode()
    assert "How we speak about" in page
    assert "Name &lt;b&gt;the&lt;/b&gt; hour." in page
    assert "new to you" in page
    told = mika.post(f"/desk/c/{conversation.pk}/guideline/", {"version": "1"})
    assert "you have read it" in told.content.decode()
    assert GuidelineConfirmation.objects.get().person == company.mika


def test_a_lead_writes_an_answer_and_sees_what_is_wrong_with_it(lena, company) -> None:
    form = {"title": "Lost bag", "short": "Hi {name", "owner": company.mika.pk, "language": "en"}
    wrong = lena.post("/manage/answers/add/", form)
    assert wrong.status_code == 422
    assert "Holes:" in wrong.content.decode()
    right = lena.post(
        "/manage/answers/add/", form | {"short": "Hi {name}.", "valid_until": "2031-05-06"}
    )
    assert right.status_code == 302
    answer = SavedAnswer.objects.get()
    assert (answer.language, str(answer.valid_until)) == ("en", "2031-05-06")
    page = lena.get(f"/manage/answers/{answer.pk}/").content.decode()
    assert 'value="2031-05-06"' in page
    assert "Version 1" in page


def test_lengths_are_measured_with_a_name_in_the_hole(lena, company) -> None:
    told = lena.post("/manage/answers/measure/", {"short": "Hi {name}.", "long": "x" * 900})
    shown = told.content.decode()
    assert "Short at" in shown
    assert ": 9 of" in shown
    assert "too many, the short one is taken there" in shown


def test_who_may_not_change_an_answer_can_read_it(company) -> None:
    answer = saved(company)
    ben = Client()
    ben.force_login(company.ben)
    page = ben.get(f"/manage/answers/{answer.pk}/").content.decode()
    assert "<fieldset disabled>" in page
    assert ben.post(f"/manage/answers/{answer.pk}/retire/").status_code == 403
