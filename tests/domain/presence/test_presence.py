"""Who is seen where, and for how long."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import F

from harken.domain.presence.models import Presence, WritingLock
from harken.domain.presence.queries import GONE, IDLE, here, written_in_by_others
from harken.domain.presence.services import leave, stay, stop_writing, take_over, write

pytestmark = pytest.mark.django_db
ONE, TWO = uuid.uuid4(), uuid.uuid4()


def seen(conversation) -> list[tuple[str, bool]]:
    return [(one.name, one.writes) for one in here(conversation.pk)]


def time_passes(by: timedelta) -> None:
    Presence.objects.update(heard_at=F("heard_at") - by)
    WritingLock.objects.update(typed_at=F("typed_at") - by)


def hints_of(work) -> int:
    """How often `work` told the listeners that something visible changed."""
    told = []

    def listen(execute, sql, *more):
        told.append(sql)
        return execute(sql, *more)

    with connection.execute_wrapper(listen):
        work()
    return sum("pg_notify" in sql for sql in told)


def test_who_opens_a_conversation_is_seen_until_they_leave(company, receive):
    conversation = receive()
    stay(conversation, tab=ONE, by=company.mika)
    stay(conversation, tab=TWO, by=company.vic)
    assert seen(conversation) == [("Mika", False), ("Vic", False)]
    leave(conversation, tab=ONE, by=company.mika)
    assert seen(conversation) == [("Vic", False)]


def test_a_tab_is_in_one_conversation_and_a_late_leave_of_the_old_one_does_no_harm(
    company, receive
):
    first, second = receive(by="amara"), receive(by="jonas")
    assert write(first, tab=ONE, by=company.mika)
    stay(second, tab=ONE, by=company.mika)
    leave(first, tab=ONE, by=company.mika)
    assert seen(first) == []
    assert seen(second) == [("Mika", False)]
    assert write(first, tab=TWO, by=company.ben), "the lock went with the writer"


def test_two_tabs_of_one_person_are_one_person_and_closing_one_keeps_the_other(company, receive):
    conversation = receive()
    stay(conversation, tab=ONE, by=company.mika)
    assert write(conversation, tab=TWO, by=company.mika)
    assert seen(conversation) == [("Mika", True)]
    leave(conversation, tab=ONE, by=company.mika)
    assert seen(conversation) == [("Mika", True)]


def test_a_silent_tab_is_gone_after_90_seconds_and_its_row_is_swept_away(company, receive):
    conversation = receive()
    stay(conversation, tab=ONE, by=company.mika)
    time_passes(GONE - timedelta(seconds=1))
    assert seen(conversation) == [("Mika", False)]
    time_passes(timedelta(seconds=2))
    assert seen(conversation) == []
    stay(conversation, tab=TWO, by=company.ben)
    assert Presence.objects.get().user == company.ben


def test_listeners_are_hinted_only_when_something_visible_changes(company, receive):
    conversation = receive()
    assert hints_of(lambda: stay(conversation, tab=ONE, by=company.mika)) == 1
    assert hints_of(lambda: stay(conversation, tab=ONE, by=company.mika)) == 0
    assert hints_of(lambda: write(conversation, tab=ONE, by=company.mika)) == 1
    assert hints_of(lambda: write(conversation, tab=ONE, by=company.mika)) == 0
    assert hints_of(lambda: stop_writing(conversation.pk, by=company.mika.pk)) == 1
    assert hints_of(lambda: stop_writing(conversation.pk, by=company.mika.pk)) == 0
    assert hints_of(lambda: leave(conversation, tab=ONE, by=company.mika)) == 1
    assert hints_of(lambda: leave(conversation, tab=ONE, by=company.mika)) == 0
    time_passes(GONE)
    stay(conversation, tab=ONE, by=company.mika)
    time_passes(GONE)
    assert hints_of(lambda: stay(conversation, tab=ONE, by=company.mika)) == 1, "back again"


def test_where_a_colleague_writes_is_known_so_that_next_can_step_over_it(company, receive):
    mine, theirs = receive(by="amara"), receive(by="jonas")
    write(mine, tab=ONE, by=company.mika)
    write(theirs, tab=TWO, by=company.ben)
    assert written_in_by_others(company.mika) == [theirs.pk]
    time_passes(IDLE)
    assert written_in_by_others(company.mika) == []


def test_a_sign_of_life_does_not_wait_for_whoever_holds_the_conversation_and_is_not_logged(
    company, receive
):
    stay(receive(), tab=ONE, by=company.mika)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, relpersistence FROM pg_class WHERE relkind = 'r'"
            " AND relname LIKE 'presence\\_%%' ORDER BY 1"
        )
        assert cursor.fetchall() == [("presence_presence", "u"), ("presence_writinglock", "u")]
        cursor.execute(
            "SELECT count(*) FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid"
            " WHERE c.contype = 'f' AND t.relname LIKE 'presence\\_%%'"
        )
        assert cursor.fetchone() == (0,), "a checked key would lock the conversation's row"


def test_taking_over_makes_a_reader_a_writer(company, receive):
    conversation = receive()
    stay(conversation, tab=ONE, by=company.mika)
    take_over(conversation, tab=ONE, by=company.mika)
    assert seen(conversation) == [("Mika", True)]
