"""What is found before an answer leaves: shown, decided, stored; what is blocked never leaves."""

from __future__ import annotations

import uuid

import pytest

from harken.domain.replies.checks.port import Severity
from harken.domain.replies.models import Draft, Reply
from harken.domain.replies.models_checks import BrandWord, CheckResult, LinkLook
from harken.domain.replies.queries_reading import looked_over, reading_of
from harken.domain.replies.services.check_settings import set_severity, set_words
from harken.domain.replies.services.checked import BlockedByCheck, NotYetRead, reread
from harken.domain.replies.services.send import send
from harken.kit.refusals import NotAllowed

LATE = "My parcel is late."
CARD = "Amara, we put it back on 4111 1111 1111 1111 today."
BARE = "It arrives tomorrow at noon."  # Amara is not called by name
KIND = "Amara, it arrives tomorrow at noon."


def results(key: uuid.UUID) -> dict[str, str]:
    return dict(CheckResult.objects.filter(client_key=key).values_list("check_key", "decision"))


def test_a_card_number_never_leaves_whatever_was_confirmed(company, receive) -> None:
    conversation, key = receive(LATE), uuid.uuid4()
    found = reread(conversation, body=CARD, client_key=key, by=company.mika)
    assert found[0].check.key == "personal"
    with pytest.raises(BlockedByCheck, match="payment card"):
        send(
            conversation,
            body=CARD,
            client_key=key,
            by=company.mika,
            confirmed=[each.id for each in found],
        )
    assert not Reply.objects.exists()
    assert results(key) == {"personal": "blocked"}
    assert Draft.objects.get().body == CARD


def test_what_was_shown_and_then_mended_is_stored_as_changed(company, receive) -> None:
    conversation, key = receive(LATE), uuid.uuid4()
    reread(conversation, body=BARE, client_key=key, by=company.mika)
    assert results(key) == {"name": ""}
    reply = send(conversation, body=KIND, client_key=key, by=company.mika, confirmed=[])
    row = CheckResult.objects.get()
    assert (row.decision, row.reply_id, row.author_id) == ("changed", reply.pk, company.mika.pk)
    assert row.decided_at is not None


def test_a_warning_must_be_read_before_it_is_kept(company, receive) -> None:
    conversation, key = receive(LATE), uuid.uuid4()
    with pytest.raises(NotYetRead) as stopped:
        send(
            conversation,
            body=BARE,
            client_key=key,
            by=company.mika,
            confirmed=[],
        )
    assert results(key) == {"name": ""}
    seen = [each.id for each in stopped.value.found]
    send(
        conversation,
        body=BARE,
        client_key=key,
        by=company.mika,
        confirmed=seen,
    )
    assert results(key) == {"name": "kept"}


def test_a_repeated_send_stores_nothing_twice(company, receive) -> None:
    conversation, key = receive(LATE), uuid.uuid4()
    for _ in range(2):
        send(conversation, body=BARE, client_key=key, by=company.mika)
    assert CheckResult.objects.count() == 1


def test_a_severity_of_a_role_goes_before_that_of_the_brand(company, receive) -> None:
    set_severity(company.brand, "name", "off", by=company.lena)
    set_severity(company.brand, "name", "block", role="agent", by=company.lena)
    conversation = receive(LATE)
    of_mika = looked_over(conversation, BARE, by=company.mika)
    assert [(each.check.key, each.severity) for each in of_mika] == [("name", Severity.BLOCK)]
    assert not looked_over(conversation, BARE, by=company.lena)
    set_severity(company.brand, "name", "", role="agent", by=company.lena)
    assert not looked_over(conversation, BARE, by=company.mika)


def test_agents_set_neither_severities_nor_words(company) -> None:
    with pytest.raises(NotAllowed):
        set_severity(company.brand, "name", "off", by=company.mika)
    with pytest.raises(NotAllowed):
        set_words(company.brand, "risky", ["refund"], by=company.mika)


def test_forbidden_words_of_the_brand_block_and_risky_ones_warn(company, receive) -> None:
    set_words(company.brand, "forbidden", ["cheap*", r"/partner\s?line \d+/"], by=company.lena)
    set_words(company.brand, "risky", ["voucher"], by=company.lena)
    text = "Amara, the CHEAPEST fare and a voucher, or Partnerline 12: it comes today."
    found = looked_over(receive(LATE), text, by=company.mika)
    said = [(each.check.key, text[slice(*each.finding.spans[0])]) for each in found]
    assert said == [
        ("forbidden", "CHEAPEST"),
        ("forbidden", "Partnerline 12"),
        ("risky", "voucher"),
    ]


def test_saving_a_list_again_keeps_who_added_a_line(company) -> None:
    set_words(company.brand, "risky", ["voucher", "promise"], by=company.lena)
    set_words(company.brand, "risky", ["promise", "cashback"], by=company.maren)
    rows = BrandWord.objects.values_list("line", "added_by__username")
    assert list(rows) == [("promise", "lena"), ("cashback", "maren")]


def test_what_anybody_may_read_of_us_is_no_personal_data(company, receive) -> None:
    text = "Amara, write to help@meridian-care.example until Friday, then it comes."
    conversation = receive(LATE)
    assert looked_over(conversation, text, by=company.mika)[0].check.key == "personal"
    set_words(company.brand, "ours", ["meridian-care.example"], by=company.lena)
    assert not looked_over(conversation, text, by=company.mika)


def test_links_in_an_answer_are_put_down_to_be_looked_at_once(company, receive) -> None:
    conversation = receive(LATE)
    text = "Amara, today: https://meridian.example/refund and https://meridian.example/refund."
    for _ in range(2):
        reread(conversation, body=text, client_key=uuid.uuid4(), by=company.mika)
    assert [look.url for look in LinkLook.objects.all()] == ["https://meridian.example/refund"]


def test_an_earlier_answer_to_somebody_else_is_shown(company, receive) -> None:
    told = "Amara, your parcel left Hamburg this morning and will be at your door tomorrow at ten."
    send(receive(LATE), body=told, client_key=uuid.uuid4(), by=company.ben)
    other = receive(LATE, by="yusuf")
    found = looked_over(other, told.replace("Amara", "Yusuf"), by=company.mika)
    assert [each.check.key for each in found] == ["copy"]
    assert "100 % the same as Ben" in found[0].finding.why
    reading = reading_of(other, told, by=company.mika)
    assert reading.earlier[0].text == told
