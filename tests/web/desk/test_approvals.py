"""The queue of approvals and its pages."""

from __future__ import annotations

import uuid

import pytest
from django.urls import reverse

from harken.config.wiring import wire
from harken.domain.approvals.models import Approval
from harken.domain.approvals.services.decide import edit, give_back
from harken.domain.approvals.services.rules import Terms, save_rule
from harken.domain.approvals.services.voices import give_voice
from harken.domain.replies import gates
from harken.domain.replies.models import Reply, ReplyState
from harken.domain.replies.services.send import send
from harken.web.desk.approving import compared

pytestmark = pytest.mark.django_db
TEXT = "Your parcel arrives tomorrow, Amara. /Mika"


@pytest.fixture
def asked(company, receive):
    before = list(gates._asked)
    wire()
    save_rule(None, Terms(name="All", approvers=(company.lena,)), by=company.lena)
    send(receive(), body=TEXT, client_key=uuid.uuid4(), by=company.mika)
    yield Approval.objects.get()
    gates._asked[:] = before


def of(client, user):
    client.force_login(user)
    return client


def fragment(client, name, approval, **data):
    address = reverse(f"desk:{name}", args=[approval.pk])
    return client.post(address, data, headers={"HX-Request": "true"})


def test_the_queue_shows_what_waits_for_whom(client, company, asked):
    page = of(client, company.lena).get(reverse("desk:approvals")).content.decode()
    assert "from Mika" in page
    own = of(client, company.mika).get(reverse("desk:approvals")).content.decode()
    assert "yours: waits for Lena" in own
    assert "Amara" not in of(client, company.bea).get(reverse("desk:approvals")).content.decode()


def test_words_are_compared_as_they_are_typed(client, company, asked):
    answer = fragment(of(client, company.lena), "try_wording", asked, text=TEXT + " Sorry.")
    assert "<ins>" in answer.content.decode()
    assert Reply.objects.get().body == TEXT


def test_a_warning_has_to_be_read_before_it_is_approved(client, company, asked):
    lena = of(client, company.lena)
    shouting = "YOUR PARCEL WAS SENT TO YOU TODAY, AMARA. /Mika"
    first = fragment(lena, "approve", asked, text=shouting, wording="1")
    if first.status_code == 409:
        assert "something to read first" in first.content.decode()
        assert shouting in first.content.decode()
        assert Reply.objects.get().state == ReplyState.APPROVAL
    blocked = fragment(lena, "approve", asked, text="Amara, 4111 1111 1111 1111.", wording="1")
    assert blocked.status_code in {409, 422}
    assert "4111" not in Reply.objects.get().body


def test_words_that_moved_are_shown_and_not_approved(client, company, asked):
    edit(asked, body=TEXT + " Sorry!", by=company.maren)
    answer = fragment(of(client, company.lena), "approve", asked, text=TEXT, wording="1")
    assert answer.status_code == 409
    assert "Maren changed the words meanwhile" in answer.content.decode()
    assert Reply.objects.get().state == ReplyState.APPROVAL


def test_it_works_before_scripts_arrive(client, company, asked):
    lena = of(client, company.lena)
    findings = lena.get(reverse("desk:approval", args=[asked.pk])).content.decode()
    marks = [part.split('"')[0] for part in findings.split('name="confirmed" value="')[1:]]
    data = {"text": TEXT, "wording": "1", "confirmed": marks}
    answer = lena.post(reverse("desk:approve", args=[asked.pk]), data)
    assert answer.status_code == 302
    assert Reply.objects.get().state == ReplyState.HELD


def test_the_writer_reads_the_note_and_the_changes_in_the_composer(client, company, asked):
    edit(asked, body=TEXT.replace("tomorrow", "today"), by=company.lena)
    give_back(asked, note="Say which van.", by=company.lena)
    place = reverse("desk:conversation", args=[asked.reply.conversation_id])
    page = of(client, company.mika).get(place).content.decode()
    assert "Say which van." in page
    assert "<del>tomorrow</del><ins>today</ins>" in page
    assert "Say which van." not in of(client, company.ben).get(place).content.decode()


def test_the_re_read_view_says_whose_word_it_takes_and_why(client, company, asked, receive):
    other = receive(by="zora")
    data = {"text": TEXT, "client_key": str(uuid.uuid4()), "kind": "public"}
    mika = of(client, company.mika)
    page = mika.post(reverse("desk:reread", args=[other.pk]), data).content.decode()
    assert "Lena reads it before it leaves" in page
    assert "Ask approval" in page
    lena = of(client, company.lena)
    page = lena.post(reverse("desk:reread", args=[other.pk]), data).content.decode()
    assert "Ask approval" not in page


def test_a_draft_for_a_voice_is_signed_with_it(client, company, asked, receive):
    voice = give_voice(company.elif_, signature="— Elif Arslan, chair", by=company.maren)
    other = receive(by="zora")
    data = {"text": "I am sorry. /Mika", "client_key": str(uuid.uuid4()), "voice": str(voice.pk)}
    mika = of(client, company.mika)
    page = mika.post(reverse("desk:reread", args=[other.pk]), data).content.decode()
    assert "I am sorry.\n— Elif Arslan, chair" in page
    assert "only they can let it go" in page
    page = of(client, company.elif_).get(reverse("desk:voice")).content.decode()
    assert "— Elif Arslan, chair" in page


def test_words_are_compared_one_by_one():
    pieces = [(each.kind, each.text) for each in compared("It is red.", "It was red!")]
    assert pieces == [
        ("same", "It "),
        ("gone", "is"),
        ("new", "was"),
        ("same", " red"),
        ("gone", "."),
        ("new", "!"),
    ]
