"""A saved answer is used when what was made of it is sent, not when it is looked at."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest

from harken.domain.knowledge.models import SavedAnswer, SavedAnswerUse
from harken.domain.knowledge.services.answers import AnswerPlan, change_answer, retire_answer
from harken.domain.knowledge.services.uses import note_inserted
from harken.domain.replies.queries_reading import looked_over
from harken.domain.replies.services.send import send
from harken.domain.replies.services.undo import undo
from harken.kit import clock
from harken.kit.refusals import Invalid, NotAllowed

SAYS = "Hi {name}, {personal} your bag flies home with the next plane to your own airport."
FROM_IT = "Hi Amara, that was a long day; your bag flies home with the next plane to your airport."
OTHER = "Hi Amara, please call the desk in Porto before nine tonight, they hold it there."


def sent(conversation, text, by):
    return send(conversation, body=text, client_key=uuid.uuid4(), by=by)


def used() -> int:
    return SavedAnswerUse.objects.filter(sent_at__isnull=False).count()


def test_an_answer_counts_once_it_is_sent(save, receive, company) -> None:
    conversation, answer = receive(), save(short=SAYS)
    note_inserted(conversation, answer, by=company.mika)
    note_inserted(conversation, answer, by=company.mika)
    assert used() == 0
    reply = sent(conversation, FROM_IT, company.mika)
    use = SavedAnswerUse.objects.get()
    assert (use.client_key, use.person) == (reply.client_key, company.mika)


def test_what_was_rewritten_is_no_use_of_it(save, receive, company) -> None:
    conversation = receive()
    note_inserted(conversation, save(short=SAYS), by=company.mika)
    sent(conversation, OTHER, company.mika)
    assert used() == 0


def test_an_undone_reply_used_nothing_until_it_is_sent_again(save, receive, company) -> None:
    conversation = receive()
    note_inserted(conversation, save(short=SAYS), by=company.mika)
    undo(sent(conversation, FROM_IT, company.mika), by=company.mika)
    assert used() == 0
    sent(conversation, FROM_IT, company.mika)
    assert used() == 1


def found(conversation, text, company, key="saved") -> list[str]:
    seen = looked_over(conversation, text, by=company.mika)
    return [each.finding.why for each in seen if each.check.key == key]


def test_the_check_knows_what_the_text_began_from(save, receive, company) -> None:
    conversation = receive()
    ended = clock.now().date() - timedelta(days=1)
    answer = save("Bag home", SAYS, valid_until=ended)
    assert found(conversation, FROM_IT, company) == []
    note_inserted(conversation, answer, by=company.mika)
    assert "was true until" in found(conversation, FROM_IT, company)[0]
    assert found(conversation, OTHER, company) == []
    plan = AnswerPlan(title="Bag home", short=SAYS, owner=company.mika, topic=company.baggage)
    answer = change_answer(answer, plan, by=company.lena)
    assert "was changed after" in found(conversation, FROM_IT, company)[0]
    note_inserted(conversation, answer, by=company.mika)
    assert found(conversation, FROM_IT, company) == []
    retire_answer(answer, by=company.lena)
    assert "out of use" in found(conversation, FROM_IT, company)[0]


def test_the_check_compares_with_answers_nobody_inserted(save, receive, company) -> None:
    conversation = receive()
    save("Claims", "A claim for a lost bag is open for 21 days.", topic=None)
    said = found(conversation, "Amara, the claim for your lost bag is open for 14 days.", company)
    assert said == ["The saved answer “Claims” says “A claim for a lost bag is open for 21 days.”."]
    assert not found(conversation, "Amara, a claim for a lost bag is open for 21 days.", company)


def test_a_hole_that_is_left_blocks(receive, company) -> None:
    conversation = receive()
    assert "“personal”" in found(conversation, "Amara, {personal} it is here.", company, "holes")[0]


def test_only_who_answers_inserts_and_only_what_is_offered(save, receive, company) -> None:
    conversation, answer = receive(), save()
    with pytest.raises(NotAllowed):
        note_inserted(conversation, answer, by=company.vic)
    retire_answer(answer, by=company.lena)
    with pytest.raises(Invalid):
        note_inserted(conversation, SavedAnswer.objects.get(), by=company.mika)
