"""One colleague writes; the others wait, take over, or see the lock come free."""

from __future__ import annotations

import threading
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import F

from harken.domain.conversations.queries import thread
from harken.domain.journal.models import Event
from harken.domain.presence.models import WritingLock
from harken.domain.presence.queries import IDLE, here
from harken.domain.presence.services import leave, stop_writing, take_over, write
from harken.domain.replies.services.send import AlreadyAnswered, send
from harken.kit.refusals import NotAllowed
from tests.cast import Company, make_company, post

pytestmark = pytest.mark.django_db
ONE, TWO = uuid.uuid4(), uuid.uuid4()


def writer(conversation) -> str:
    return " ".join(one.name for one in here(conversation.pk) if one.writes)


def test_the_second_writer_has_to_wait_until_the_first_leaves(company, receive):
    conversation = receive()
    assert write(conversation, tab=ONE, by=company.mika)
    assert not write(conversation, tab=TWO, by=company.ben)
    assert writer(conversation) == "Mika"
    leave(conversation, tab=ONE, by=company.mika)
    assert write(conversation, tab=TWO, by=company.ben)
    assert writer(conversation) == "Ben"


def test_the_lock_is_free_after_60_seconds_without_a_key_and_each_key_keeps_it(company, receive):
    conversation = receive()
    write(conversation, tab=ONE, by=company.mika)
    WritingLock.objects.update(typed_at=F("typed_at") - IDLE + timedelta(seconds=1))
    assert write(conversation, tab=ONE, by=company.mika)
    assert not write(conversation, tab=TWO, by=company.ben)
    WritingLock.objects.update(typed_at=F("typed_at") - IDLE)
    assert writer(conversation) == ""
    assert write(conversation, tab=TWO, by=company.ben)
    assert not write(conversation, tab=ONE, by=company.mika)


def test_an_emptied_field_frees_the_lock(company, receive):
    conversation = receive()
    write(conversation, tab=ONE, by=company.mika)
    stop_writing(conversation.pk, by=company.ben.pk)
    assert writer(conversation) == "Mika", "only one's own"
    stop_writing(conversation.pk, by=company.mika.pk)
    assert write(conversation, tab=TWO, by=company.ben)


def test_a_sent_answer_frees_the_lock_and_the_server_still_refuses_the_second(company, receive):
    conversation = receive()
    write(conversation, tab=ONE, by=company.mika)
    send(conversation, body="Tomorrow.", client_key=uuid.uuid4(), by=company.mika)
    assert writer(conversation) == ""
    assert write(conversation, tab=TWO, by=company.ben)
    with pytest.raises(AlreadyAnswered):
        send(conversation, body="Today.", client_key=uuid.uuid4(), by=company.ben)


def test_taking_over_is_recorded_with_both_names_and_told_to_the_team(company, receive):
    conversation = receive()
    write(conversation, tab=ONE, by=company.mika)
    take_over(conversation, tab=TWO, by=company.ben)
    assert writer(conversation) == "Ben"
    assert not write(conversation, tab=ONE, by=company.mika)
    event = Event.objects.get(kind="WritingTakenOver")
    assert (event.actor_id, event.data) == (company.ben.pk, {"before": company.mika.pk})
    assert (event.conversation_id, event.teams) == (conversation.pk, [company.service.pk])
    shown = [item.of.kind for item in thread(conversation) if item.kind == "event"]
    assert shown == ["WritingTakenOver"]


def test_coming_writing_and_leaving_do_not_bloat_the_journal(company, receive):
    conversation = receive()
    before = Event.objects.count()
    write(conversation, tab=ONE, by=company.mika)
    take_over(conversation, tab=ONE, by=company.mika)
    leave(conversation, tab=ONE, by=company.mika)
    take_over(conversation, tab=TWO, by=company.ben)
    assert Event.objects.count() == before, "nobody lost anything: nothing to record"


def test_viewers_are_seen_but_cannot_write_or_take_over(company, receive):
    conversation = receive()
    for wish in (write, take_over):
        with pytest.raises(NotAllowed):
            wish(conversation, tab=ONE, by=company.vic)


@pytest.fixture
def staff(transactional_db: None) -> Company:
    return make_company()


def test_of_two_who_begin_at_the_same_moment_one_has_the_lock(staff: Company) -> None:
    from harken.domain.conversations.models import Conversation
    from harken.domain.conversations.services.receive import receive_posts

    rounds = 40
    receive_posts(staff.channel, [post(by=f"c{n}") for n in range(rounds)])
    conversations = list(Conversation.objects.all())
    barrier = threading.Barrier(2, timeout=120)
    got: dict[int, list[str]] = {conversation.pk: [] for conversation in conversations}
    errors: list[BaseException] = []

    def begin(by, tab) -> None:
        try:
            for conversation in conversations:
                barrier.wait()
                if write(conversation, tab=tab, by=by):
                    got[conversation.pk].append(by.username)
        except BaseException as error:
            errors.append(error)
            barrier.abort()
        finally:
            connection.close()

    threads = [
        threading.Thread(target=begin, args=(staff.mika, ONE)),
        threading.Thread(target=begin, args=(staff.ben, TWO)),
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert errors == []
    assert [len(winners) for winners in got.values()] == [1] * rounds
