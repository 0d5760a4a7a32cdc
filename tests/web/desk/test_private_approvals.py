"""A private text that needs somebody's word, on the pages of its writer and of who gives it."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator

import pytest
from django.test import Client
from django.urls import reverse

from harken.domain.approvals.models import Approval
from harken.domain.approvals.services.decide import edit, give_back
from harken.domain.approvals.services.rules import Terms, save_rule, set_trainee
from harken.domain.approvals.services.voices import give_voice
from harken.domain.handover.models import PrivateText, TextState
from harken.domain.handover.services.say import say
from harken.domain.people.models import User
from harken.domain.replies import gates
from tests.cast import Company
from tests.domain.handover.conftest import Offered, offer, portal
from tests.web.desk.test_private import chosen_kind, composer_of, sent
from tests.web.desk.writing import HTMX, form, read_again

__all__ = ["offer", "portal"]
pytestmark = pytest.mark.django_db
TEXT = "Thank you. We send you a new frame today. /Mika"
SignIn = Callable[[User], Client]


@pytest.fixture
def talk(offer: Callable[..., Offered], company: Company) -> Iterator[Offered]:
    """An open private talk, in a house where Lena reads what Mika writes."""
    before = list(gates._asked)
    found = offer("My frame has a scratch.", by=company.ben).opened_by(Client())
    set_trainee(company.mika, learns=True, by=company.lena)
    terms = Terms(name="Trainees", trainee=True, approvers=(company.lena,))
    save_rule(None, terms, by=company.lena)
    yield found
    gates._asked[:] = before


@pytest.fixture
def asked(talk: Offered, company: Company) -> Approval:
    text = say(talk.conversation, body=TEXT, client_key=uuid.uuid4(), by=company.mika)
    return Approval.objects.get(text=text)


def page(browser: Client, name: str, *args: object) -> str:
    return browser.get(reverse(f"desk:{name}", args=args)).content.decode()


def test_the_re_read_view_says_whose_word_it_takes_and_the_second_key_asks(
    mika: Client, talk: Offered
) -> None:
    html = read_again(mika, talk.conversation, form(TEXT, kind="private")).content.decode()
    assert "Lena reads it before it leaves, because Mika is learning" in html
    assert "Ask approval" in html
    assert "nothing of it is on their page before" in html
    html = sent(mika, talk, TEXT).content.decode()
    text = PrivateText.objects.get()
    assert text.state == TextState.APPROVAL
    assert "It waits for approval" in html
    (mine,) = re.findall(
        rf'<article class="post ours approval" id="private-text-{text.pk}".*?</article>',
        html,
        re.DOTALL,
    )
    assert "waits for approval" in mine
    assert "Take back" in mine
    assert f"/desk/private/{text.pk}/undo/" in mine


def test_the_approver_reads_it_as_the_customer_will_and_lets_it_go(
    asked: Approval, company: Company, sign_in: SignIn
) -> None:
    lena = sign_in(company.lena)
    assert "A new frame today" not in page(lena, "approvals")
    assert TEXT in page(lena, "approvals")
    html = page(lena, "approval", asked.pk)
    assert "As the customer will read it, in private" in html
    assert "of 4000 characters" in html
    address = reverse("desk:try_wording", args=[asked.pk])
    tried = lena.post(address, {"text": TEXT + " Sorry."}, headers=HTMX).content.decode()
    assert "<ins>" in tried
    address = reverse("desk:approve", args=[asked.pk])
    done = lena.post(address, {"text": TEXT, "wording": "1"}, headers=HTMX)
    assert done.status_code == 200, done.content.decode()
    assert asked.text is not None
    assert f"/desk/private/{asked.text.pk}/undo/" in done.content.decode()
    assert PrivateText.objects.get().state == TextState.HELD


def test_its_writer_sees_live_that_it_was_approved_and_by_whom(
    asked: Approval, talk: Offered, company: Company, mika: Client, sign_in: SignIn
) -> None:
    lena = sign_in(company.lena)
    lena.post(reverse("desk:approve", args=[asked.pk]), {"text": TEXT + " Bye.", "wording": "1"})
    html = page(mika, "messages", talk.conversation.pk)
    assert "changed and approved by Lena" in html
    assert "goes out in" in html


def test_returned_it_is_in_the_private_composer_with_the_note_and_the_changes(
    asked: Approval, talk: Offered, company: Company, mika: Client, sign_in: SignIn
) -> None:
    edit(asked, body=TEXT.replace("today", "tomorrow"), by=company.lena)
    give_back(asked, note="Say which van.", by=company.lena)
    html = page(mika, "conversation", talk.conversation.pk)
    assert "Say which van." in html
    assert "<del>today</del><ins>tomorrow</ins>" in html
    assert "a new frame tomorrow" in composer_of(html)
    assert chosen_kind(html) == "private"
    assert "Say which van." not in page(sign_in(company.ben), "conversation", talk.conversation.pk)


def test_people_of_other_teams_and_those_who_look_on_do_not_find_it(
    asked: Approval, company: Company, sign_in: SignIn
) -> None:
    bea = sign_in(company.bea)
    assert TEXT not in page(bea, "approvals")
    assert bea.get(reverse("desk:approval", args=[asked.pk])).status_code == 404
    for name in ("approve", "keep_wording", "give_back"):
        given = {"text": "No.", "note": "No.", "wording": "1"}
        answer = bea.post(reverse(f"desk:{name}", args=[asked.pk]), given)
        assert answer.status_code == 404
    ben = sign_in(company.ben).post(reverse("desk:approve", args=[asked.pk]), {"text": TEXT})
    assert ben.status_code == 403
    assert PrivateText.objects.get().state == TextState.APPROVAL


def test_the_executive_s_own_page_tells_that_a_draft_is_a_private_one(
    talk: Offered, company: Company, sign_in: SignIn
) -> None:
    give_voice(company.elif_, signature="— Elif Arslan, chair", by=company.maren)
    words = "I call you.\n— Elif Arslan, chair"
    say(talk.conversation, body=words, client_key=uuid.uuid4(), by=company.mika)
    html = page(sign_in(company.elif_), "voice")
    assert "I call you." in html
    assert "in private, drafted by Mika" in html


def test_several_texts_of_one_conversation_are_one_row_and_come_one_after_the_other(
    asked: Approval, talk: Offered, company: Company, sign_in: SignIn
) -> None:
    say(talk.conversation, body="And a second one.", client_key=uuid.uuid4(), by=company.mika)
    second = Approval.objects.exclude(pk=asked.pk).get()
    lena = sign_in(company.lena)
    html = page(lena, "approvals")
    assert html.count(f'data-row="{talk.conversation.pk}"') == 1
    assert "and 1 more here" in html
    given = {"text": TEXT, "wording": "1"}
    done = lena.post(reverse("desk:approve", args=[asked.pk]), given, headers=HTMX)
    assert reverse("desk:approval", args=[second.pk]) in done.content.decode()
    assert "more here" not in page(lena, "approvals")
