"""Messages are judged once, acted upon carefully, and corrections are learnt once."""

from __future__ import annotations

import threading
import time

import pytest
from django.db import connection, transaction

from harken.domain.conversations.models import Conversation, Message
from harken.domain.conversations.services.assign import take
from harken.domain.conversations.services.close import close
from harken.domain.conversations.services.topics import set_topic
from harken.domain.journal.models import Event
from harken.domain.triage.models import Correction, Judgement, ModelVersion, TriageCursor
from harken.domain.triage.queries import marks
from harken.domain.triage.services.correct import correct
from harken.domain.triage.services.judge import store
from harken.domain.triage.services.memory import learner_at
from harken.domain.triage.services.words import set_words
from harken.domain.triage.tasks import NAME, Triage, run
from harken.kit import clock
from tests.domain.triage.conftest import work_off

SURE = "My invoice is wrong: I was charged twice, send a new invoice with VAT please"


def test_a_message_is_judged_once_however_often_the_journal_is_read(judged, triage):
    conversation, judgement = judged("Terrible, the courier never came")
    assert judgement.sentiment == "negative"
    TriageCursor.objects.filter(pk=NAME).update(xid=0, event=0)
    work_off(triage)
    work_off(Triage())
    assert Judgement.objects.count() == 1
    assert Event.objects.filter(kind="MessageJudged").count() == 1
    told = Event.objects.get(kind="MessageJudged")
    assert (told.actor_id, told.conversation_id) == (None, conversation.pk)


def test_what_was_open_before_triage_began_is_judged_too(transactional_db, receive):
    receive("My parcel is late")
    work_off(Triage())
    assert Judgement.objects.count() == 1
    assert not Event.objects.filter(kind="MessageJudged").exists()


def test_an_edited_message_is_judged_again(judged, triage, company):
    from datetime import UTC, datetime

    from harken.domain.conversations.services.receive import receive_posts
    from harken.kit.connector import PostEdited

    _conversation, judgement = judged("Great bike", external_id="e1")
    edit = PostEdited(
        external_id="e1", text="Terrible bike", edited_at=datetime.now(UTC), version="2"
    )
    receive_posts(company.channel, [edit])
    work_off(triage)
    newest = Judgement.objects.latest("pk")
    assert (judgement.sentiment, newest.sentiment) == ("positive", "negative")


def test_a_sure_topic_routes_to_its_team_and_nobody_is_named_as_the_cause(judged, company):
    conversation, _judgement = judged(SURE)
    assert (conversation.topic, conversation.team) == (company.invoice, company.billing)
    assert set(
        Event.objects.filter(kind__in=["TopicChanged", "TeamChanged"]).values_list(
            "actor_id", flat=True
        )
    ) == {None}
    assert conversation.state == "open"


def test_one_word_only_suggests(judged, company):
    conversation, judgement = judged("A question about an invoice")
    assert judgement.topic == company.invoice
    assert conversation.topic is None


def test_a_person_s_topic_is_never_changed(judged, triage, receive, company):
    conversation = receive(SURE)
    set_topic(conversation, company.baggage, by=company.mika)
    set_topic(conversation, None, by=company.mika)
    work_off(triage)
    conversation.refresh_from_db()
    assert conversation.topic is None


def test_a_conversation_somebody_has_stays_where_it_is(triage, receive, company):
    conversation = receive(SURE)
    take(conversation, by=company.mika)
    work_off(triage)
    conversation.refresh_from_db()
    assert (conversation.topic, conversation.assignee) == (None, company.mika)


def test_the_language_is_the_text_s_and_not_what_the_network_says(judged):
    conversation, _judgement = judged("Mein Fahrrad ist immer noch nicht angekommen", lang="en")
    assert conversation.language == "de"


def test_a_correction_is_learnt_once_and_changes_the_next_answer(judged, triage, company):
    _conversation, judgement = judged("The squirrel lamp is off")
    for question, label in (("topic", str(company.baggage.pk)), ("sentiment", "negative")):
        correct(judgement, question, label, by=company.mika)
    work_off(triage)
    work_off(triage)
    judgement.refresh_from_db()
    assert (judgement.sentiment, judgement.topic) == ("negative", company.baggage)
    assert list(ModelVersion.objects.values_list("number", "question", "by")) == [
        (1, "topic", company.mika.pk),
        (2, "sentiment", company.mika.pk),
    ]
    assert set(Correction.objects.values_list("version", flat=True)) == {1, 2}
    _conversation, second = judged("Another squirrel lamp, off", by="bo")
    assert second.model == 2
    before = judgement.detail["sentiment"]["confidence"]
    assert second.detail["sentiment"]["label"] == "negative" or (
        second.detail["sentiment"]["confidence"] < before
    )


def test_a_topic_set_by_hand_and_a_closing_as_spam_teach_too(judged, triage, company):
    conversation, _judgement = judged("The squirrel lamp is off")
    set_topic(conversation, company.baggage, by=company.mika)
    close(conversation, reason="spam", by=company.mika)
    work_off(triage)
    said = Correction.objects.order_by("pk").values_list("question", "after")
    assert list(said) == [("topic", str(company.baggage.pk)), ("relevance", "spam")]
    assert ModelVersion.objects.count() == 2


def test_a_restarted_worker_knows_what_the_killed_one_had_learnt(judged, triage, company):
    _conversation, judgement = judged("The squirrel lamp is off")
    for n in range(7):
        correct(judgement, "urgency", "urgent" if n % 2 else "normal", by=company.mika)
    work_off(triage)
    fresh = Triage()
    fresh._current()
    assert fresh.version == triage.version == 7
    text = "squirrel lamp"
    old = triage._current().judge(text).verdicts["urgency"].confidence
    assert fresh._current().judge(text).verdicts["urgency"].confidence == pytest.approx(
        old, abs=1e-3
    )


def test_another_worker_puts_the_steps_of_the_first_on_top(judged, triage, company):
    other = Triage()
    other._current()
    _conversation, judgement = judged("The squirrel lamp is off")
    correct(judgement, "topic", str(company.invoice.pk), by=company.mika)
    work_off(triage)
    mine, theirs = triage._current(), other._current()
    assert other.version == 1
    asked = "squirrel lamp"
    assert theirs.judge(asked).verdicts["topic"] == mine.judge(asked).verdicts["topic"]


def test_a_batch_that_fails_leaves_no_trace_and_is_done_again(receive, triage, monkeypatch):
    from harken.domain.triage import tasks

    receive("My parcel is late")
    real = store

    def breaks(*args, **kwargs):
        real(*args, **kwargs)
        raise RuntimeError("killed here")

    monkeypatch.setattr(tasks, "store", breaks)
    with pytest.raises(RuntimeError):
        triage.turn()
    assert not Judgement.objects.exists()
    monkeypatch.setattr(tasks, "store", real)
    work_off(triage)
    assert Judgement.objects.count() == 1


def test_only_one_worker_at_a_time_works(receive, triage):
    receive("My parcel is late")
    other = connection.copy()
    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('harken triage model'))")
        assert triage.turn() is False
        other.rollback()
        assert triage.turn() is True
    finally:
        other.close()


def test_new_words_of_a_topic_count_from_the_next_message_on(judged, company):
    set_words(company.baggage, ["Squirrel lamp*", "glow"], by=company.lena)
    _conversation, judgement = judged("My squirrel lamps do not glow")
    assert judgement.topic == company.baggage


def test_marks_of_a_list_last_until_the_message_is_settled(judged, company):
    conversation, _judgement = judged("My lawyer will call you. Urgent!", by="zoe")
    mark = marks([conversation.pk]).alone()[conversation.pk]
    assert (mark.threat, mark.urgent, mark.spam) == (True, True, False)
    last = Message.objects.get(conversation=conversation).pk
    Conversation.objects.filter(pk=conversation.pk).update(settled_id=last)
    assert marks([conversation.pk]).alone() == {}


def test_each_version_can_be_made_again(judged, triage, company):
    _conversation, judgement = judged("The squirrel lamp is off")
    asked = []
    for n in range(6):
        correct(judgement, "person", "asked", by=company.mika)
        work_off(triage)
        learner = learner_at("person", n + 1)
        assert learner is not None
        asked.append(learner.counts["asked"])
    assert asked[:4] == [1, 2, 3, 4]
    with transaction.atomic():
        second = learner_at("person", 2)
    assert second is not None and second.counts == {"asked": 2}


def test_the_loop_judges_what_comes_in_and_stops_when_told(triage, receive):
    stop = threading.Event()
    loop = threading.Thread(target=run, args=(stop,))
    loop.start()
    try:
        receive("My parcel is terribly late")
        began = clock.monotonic()
        while not Judgement.objects.exists() and clock.monotonic() - began < 20:
            time.sleep(0.05)
        assert Judgement.objects.count() == 1
    finally:
        stop.set()
        loop.join(10)
    assert not loop.is_alive()
