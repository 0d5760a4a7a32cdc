"""Who is where, as a real live process tells it to those who may know."""

from __future__ import annotations

import time
from contextlib import contextmanager
from uuid import UUID, uuid4

import psycopg
import pytest

from harken.web.live import presence
from tests.web.live.installation import Installation, installation
from tests.web.live.test_stream import Stream, stream

CONVERSATION = """
INSERT INTO conversations_conversation
  (id, channel_id, thread_key, contact_id, handle_id, team_id, opened_at, last_message_at)
VALUES (%s, 1, %s, 1, 1, %s, now(), now())
"""
HERE = """
INSERT INTO presence_presence (user_id, tab, conversation_id, heard_at)
SELECT id, %s, %s, now() FROM people_user WHERE username = %s
"""
WRITES = """
INSERT INTO presence_writinglock (conversation_id, user_id, tab, typed_at)
SELECT %s, id, gen_random_uuid(), now() FROM people_user WHERE username = %s
"""
NORTH, SOUTH, NOBODY_S = 71, 72, 73


@pytest.fixture(scope="module")
def house():
    with installation() as made:
        with psycopg.connect(made.url) as connection:
            # The people and posts around a conversation play no part here.
            connection.execute("SET session_replication_role = replica")
            for number, team in ((NORTH, made.north), (SOUTH, made.south), (NOBODY_S, None)):
                connection.execute(CONVERSATION, [number, f"tree-{number}", team])
        made.start_live()
        yield made


@pytest.fixture
def here(house: Installation):
    yield house
    changed(house, "TRUNCATE presence_presence, presence_writinglock")
    settled(house)


def changed(here: Installation, statement: str, *values: object, hint: bool = True) -> None:
    with psycopg.connect(here.url) as connection:
        connection.execute(statement, values)
        if hint:
            connection.execute("SELECT pg_notify('harken_presence', '')")


def comes(here: Installation, who: str, where: int, *, hint: bool = True) -> UUID:
    tab = uuid4()
    changed(here, HERE, tab, where, who, hint=hint)
    return tab


def settled(here: Installation, *places: int) -> None:
    """Wait until who connects anew is told of exactly these conversations."""
    wanted, told, deadline = {str(place) for place in places}, None, time.monotonic() + 60
    while told != wanted and time.monotonic() < deadline:
        time.sleep(0.05)
        with stream(here, here.cookie("ines")) as heard:
            told = set(heard.next_event("presence")["here"])  # type: ignore[call-overload]
    assert told == wanted


@contextmanager
def listening(here: Installation, who: str):
    """A stream of which the first presence, that of everything, has been read."""
    with stream(here, here.cookie(who)) as heard:
        assert heard.next_event("presence")["full"]
        yield heard


def people(heard: Stream, where: int) -> list[tuple[str, bool]]:
    """Who is there by the next presence, which must be about that conversation alone."""
    told = heard.next_event("presence")
    assert list(told["here"]) == [str(where)]  # type: ignore[call-overload]
    return [(one["name"], one["writes"]) for one in told["here"][str(where)]]  # type: ignore[index]


def test_coming_and_writing_are_told(here):
    with listening(here, "ines") as heard:
        comes(here, "noor", NORTH)
        assert people(heard, NORTH) == [("noor", False)]
        changed(here, WRITES, NORTH, "noor")
        assert people(heard, NORTH) == [("noor", True)]


def test_a_lost_hint_loses_nothing_and_who_falls_silent_is_gone_without_any(here):
    assert presence.LOOK_EVERY <= 1.0  # seconds; how long a look takes is the machine's
    with listening(here, "ines") as heard:
        comes(here, "noor", NORTH, hint=False)
        assert people(heard, NORTH) == [("noor", False)]
        changed(here, "UPDATE presence_presence SET heard_at = now() - interval '90 s'", hint=False)
        assert people(heard, NORTH) == []


def test_only_who_may_see_a_conversation_hears_who_is_in_it(here):
    with (
        listening(here, "ines") as manager,
        listening(here, "noor") as north,
        listening(here, "vera") as viewer,
    ):
        comes(here, "sam", SOUTH)
        assert people(manager, SOUTH) == [("sam", False)]
        comes(here, "noor", NORTH)
        assert people(north, NORTH) == [("noor", False)]
        comes(here, "vera", NOBODY_S)
        assert people(viewer, NOBODY_S) == [("vera", False)]


def test_who_connects_hears_everything_they_may_and_nothing_else(here):
    for who, where in (("noor", NORTH), ("sam", SOUTH), ("vera", NOBODY_S)):
        comes(here, who, where)
    settled(here, NORTH, SOUTH, NOBODY_S)
    known: dict[str, set[str]] = {}
    for who in ("ines", "noor", "vera"):
        with stream(here, here.cookie(who)) as heard:
            told = heard.next_event("presence")
            assert told["full"]
            present = told["here"]
            assert isinstance(present, dict)
            known[who] = set(present)
    assert known["ines"] == {str(NORTH), str(SOUTH), str(NOBODY_S)}
    assert known["noor"] == {str(NORTH), str(NOBODY_S)}
    assert known["vera"] == {str(NOBODY_S)}


def test_a_team_that_loses_a_conversation_sees_nobody_there_any_more(here):
    comes(here, "ines", NORTH)
    settled(here, NORTH)
    with listening(here, "noor") as noor, listening(here, "sam") as sam:
        move = "UPDATE conversations_conversation SET team_id = %s WHERE id = %s"
        changed(here, move, here.south, NORTH)
        assert people(noor, NORTH) == []
        assert people(sam, NORTH) == [("ines", False)]
        changed(here, move, here.north, NORTH)


def test_presence_moves_nobody_s_place_in_the_journal(here):
    with listening(here, "noor") as heard:
        here.record("MessageReceived", [here.north], 1)
        heard.next_message()
        before = heard.id
        comes(here, "noor", NORTH)
        assert people(heard, NORTH) == [("noor", False)]
        assert heard.id == before
