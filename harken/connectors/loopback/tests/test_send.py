import time

import pytest

from harken.connectors.loopback.tests.cast import EVA, TOM, US, staged
from harken.connectors.loopback.wire import NewPost, Person
from harken.kit.connector import (
    ConnectorError,
    InboundPost,
    OutboundReply,
    RateLimited,
    Refused,
    SessionLost,
    Unclear,
)


@pytest.fixture
def stage():
    with staged() as stage:
        yield stage


@pytest.fixture
def question(stage):
    return stage.says(EVA, f"@{US} where is my bike?")


def answers(stage, post):
    return [each for each in stage.network.tree(post.root) if each.parent == post.id]


def test_an_answer_stands_under_the_post_once_however_often_it_is_sent(stage, question):
    reply = stage.answer_to(question)
    receipts = {stage.connector.send(reply).external_id for _ in range(3)}
    (answer,) = answers(stage, question)
    assert receipts == {answer.id}
    assert (answer.text, answer.root) == (reply.text, question.id)
    assert stage.connector.find(reply.key).external_id == answer.id


def test_a_lost_response_is_unclear_and_found_by_its_key(stage, question):
    stage.network.faults.set(lost_response=1.0)
    reply = stage.answer_to(question)
    with pytest.raises(Unclear):
        stage.connector.send(reply)
    assert len(answers(stage, question)) == 1
    assert stage.connector.find(reply.key).external_id == answers(stage, question)[0].id


def test_an_error_that_applied_nothing_is_unclear_and_not_found(stage, question):
    stage.network.faults.set(error=1.0)
    reply = stage.answer_to(question)
    with pytest.raises(Unclear):
        stage.connector.send(reply)
    stage.network.faults.clear()
    assert stage.connector.find(reply.key) is None
    assert answers(stage, question) == []


def test_a_late_application_appears_after_the_failure_and_the_same_key_adds_nothing(
    stage, question
):
    stage.network.faults.set(late=1.0, late_seconds=0.3)
    reply = stage.answer_to(question)
    with pytest.raises(Unclear):
        stage.connector.send(reply)
    assert stage.connector.find(reply.key) is None
    stage.network.faults.clear()
    stage.connector.send(reply)
    time.sleep(0.5)
    assert len(answers(stage, question)) == 1


def test_a_rate_limit_names_the_wait_and_applies_nothing(stage, question):
    stage.network.faults.set(rate_limit=1.0, retry_after=7)
    with pytest.raises(RateLimited) as limited:
        stage.connector.send(stage.answer_to(question))
    assert limited.value.retry_after == 7 and limited.value.applied is False
    assert answers(stage, question) == []


def test_an_ended_session_is_renewed_with_the_password(stage, question):
    stage.connector.identify()
    stage.network.revoke(US)
    stage.connector.send(stage.answer_to(question))
    assert len(answers(stage, question)) == 1


def test_a_blocked_login_is_a_lost_session_until_a_person_reconnects(stage, question):
    stage.connector.identify()
    stage.network.revoke(US, block_login=True)
    for call in (lambda: stage.connector.send(stage.answer_to(question)), stage.listen):
        with pytest.raises(SessionLost):
            call()
    assert answers(stage, question) == []
    stage.network.open_account(Person(US, "Meridian"), password="open sesame")
    assert stage.hears() == [(question.text, "mention")]


def test_a_refused_connection_certainly_applied_nothing(stage, question):
    stage.network.server.stop()
    with pytest.raises(ConnectorError) as failure:
        stage.connector.send(stage.answer_to(question))
    assert failure.value.applied is False
    stage.network.server.start()
    stage.connector.send(stage.answer_to(question))


def test_an_outage_loses_no_event(stage):
    stage.listen()
    stage.network.faults.set(outage=True)
    written = stage.says(EVA, f"@{US} anybody there?")
    with pytest.raises(ConnectorError):
        stage.listen()
    stage.network.faults.clear()
    assert stage.hears() == [(written.text, "mention")]


def test_a_deleted_post_cannot_be_answered(stage, question):
    stage.network.delete(question.author, question.id)
    with pytest.raises(Refused):
        stage.connector.send(stage.answer_to(question))
    with pytest.raises(Refused):
        stage.connector.send(OutboundReply(stage.connector.new_key(), "Hi", "p999", "p999"))


def test_a_text_too_long_is_refused(stage, question):
    with pytest.raises(Refused):
        stage.connector.send(stage.answer_to(question, "x" * 281))
    stage.connector.send(stage.answer_to(question, "👩‍👩‍👧" * 280))


def test_our_post_is_taken_back_twice_without_complaint(stage, question):
    receipt = stage.connector.send(stage.answer_to(question))
    stage.connector.delete(receipt.external_id)
    stage.connector.delete(receipt.external_id)
    assert stage.network.post(receipt.external_id).deleted
    with pytest.raises(Refused):
        stage.connector.delete(question.id)


def test_a_like_counts_once(stage, question):
    key = stage.connector.new_key()
    for _ in range(2):
        stage.connector.like(question.id, {}, key)
    stage.connector.like(question.id, {}, stage.connector.new_key())
    assert stage.network.likes_of(question.id) == 1


def test_events_told_twice_early_and_out_of_order_are_still_all_there(stage):
    stage.network.faults.set(duplicate=0.5, shuffle=1.0)
    written = [stage.says(TOM, f"@{US} number {number}").id for number in range(1_200)]
    heard = [item.external_id for item in stage.listen() if isinstance(item, InboundPost)]
    assert set(heard) == set(written)
    assert len(heard) > len(written)
    assert list(dict.fromkeys(heard)) != written


def test_everything_mode_tells_every_post(stage):
    stage.network.open_account(Person(US), everything=True)
    first = stage.says(TOM, "no mention at all")
    stage.network.write(
        stage.network.person(EVA), NewPost("me too", reply_to="lost", root="lost", id="r-2")
    )
    assert stage.hears() == [(first.text, "search"), ("me too", "thread")]


def test_a_recheck_finds_follow_ups_edits_and_deletions(stage):
    from harken.kit.connector import Followed, PostDeleted, PostEdited

    root = stage.says(EVA, "my new bike squeaks")
    gone = stage.says(EVA, "really loud", reply_to=root.id)
    stage.says(TOM, "oil it", reply_to=root.id)
    stage.network.edit(root.author, root.id, "my bike squeaks")
    stage.network.delete(gone.author, gone.id)
    raws = stage.connector.recheck(
        [Followed(root.id, (root.id, gone.id)), Followed("unknown", ("unknown",))]
    )
    found = [item for raw in raws for item in stage.connector.parse(raw)]
    assert [type(item) for item in found] == [PostEdited, PostDeleted, InboundPost]
    assert found[2].text == "oil it" and found[2].why == "thread"
