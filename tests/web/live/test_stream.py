"""The stream of a real live process: who hears what, and how it ends."""

import json
import socket
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

import psycopg
import pytest

from tests.web.live.installation import Installation, installation


@pytest.fixture(scope="module")
def here():
    with installation() as made:
        made.start_live()
        yield made


class Stream:
    """One open connection to /live."""

    def __init__(self, connection: socket.socket) -> None:
        self._file = connection.makefile("rb")
        self.head: dict[str, str] = {}
        self.status = int(self._file.readline().split()[1])
        while line := self._file.readline().decode().strip():
            name, _, value = line.partition(": ")
            self.head[name] = value
        self.id = ""

    def lines(self) -> Iterator[str]:
        """What comes, without the chunk sizes; ends with the stream."""
        for line in self._file:
            if line == b"0\r\n":  # the last chunk
                return
            yield line.decode().strip()

    def next_message(self) -> dict[str, object]:
        """The next event without a name."""
        return self.next_event("")

    def next_event(self, wanted: str) -> dict[str, object]:
        """The next event with that name."""
        name = ""
        for line in self.lines():
            if line.startswith("id: "):
                self.id = line[4:]
            elif line.startswith("event: "):
                name = line[7:]
            elif line.startswith("data: {") and line != "data: {}" and name == wanted:
                told: dict[str, object] = json.loads(line[6:])
                return told
            elif not line:
                name = ""
        raise AssertionError("the stream ended")


@contextmanager
def stream(here: Installation, *headers: str, path: str = "/live") -> Iterator[Stream]:
    with closing(socket.create_connection(("127.0.0.1", here.port), 60)) as connection:
        lines = [f"GET {path} HTTP/1.1", "Host: localhost", *headers, "", ""]
        connection.sendall("\r\n".join(lines).encode())
        yield Stream(connection)


def test_nobody_hears_anything_without_a_session(here):
    for cookie in ([], ["Cookie: harken_session=guessed"]):
        with stream(here, *cookie) as heard:
            assert heard.status == 401


def test_a_stream_is_not_compressed_cached_or_framed(here):
    with stream(here, here.cookie("noor"), "Accept-Encoding: gzip") as heard:
        assert heard.status == 200
        assert heard.head["content-encoding"] == "identity"
        assert "no-cache" in heard.head["cache-control"]
        assert heard.head["x-accel-buffering"] == "no"
        assert "default-src 'none'" in heard.head["content-security-policy"]


def test_each_hears_their_own_teams_and_what_is_for_everyone(here):
    with (
        stream(here, here.cookie("ines")) as manager,
        stream(here, here.cookie("noor")) as north,
        stream(here, here.cookie("vera")) as viewer,
    ):
        here.record("MessageReceived", [here.south], 1)
        here.record("MessageReceived", [here.north], 2)
        here.record("MessageReceived", [], 3)
        assert [manager.next_message()["message"] for _ in range(3)] == [1, 2, 3]
        assert [north.next_message()["message"] for _ in range(2)] == [2, 3]
        assert viewer.next_message()["message"] == 3


def test_what_is_only_for_one_person_no_other_stream_says(here):
    with psycopg.connect(here.url) as connection:
        statement = "SELECT id FROM people_user WHERE username = 'noor'"
        ((noor,),) = connection.execute(statement).fetchall()
        with (
            stream(here, here.cookie("ines")) as manager,
            stream(here, here.cookie("noor")) as heard,
            stream(here, here.cookie("sam")) as other,
        ):
            data = json.dumps({"only_for": noor, "notification": 7})
            connection.execute(
                "INSERT INTO journal_event (kind, teams, data)"
                " VALUES ('NotificationMade', '{}', %s)",
                [data],
            )
            connection.commit()
            here.record("MessageReceived", [], 3)
            told = heard.next_message()
            assert told["kind"] == "NotificationMade"
            assert set(told) == {"kind", "at"}
            assert manager.next_message()["message"] == 3
            assert other.next_message()["message"] == 3
    for name, first in (("ines", 3), ("sam", 3), ("noor", None)):
        with stream(here, here.cookie(name), f"Last-Event-ID: {before(heard.id)}") as again:
            assert again.next_message().get("message") == first


def before(place: str) -> str:
    """The place of the row before; only its number counts within these tests."""
    xid, _, row = place.partition("-")
    return f"{xid}-{int(row) - 1}"


def test_a_message_names_ids_and_no_content(here):
    with stream(here, here.cookie("ines")) as heard, psycopg.connect(here.url) as connection:
        connection.execute(
            "INSERT INTO journal_event (kind, teams, data, conversation_id)"
            " VALUES ('ConversationClosed', '{}', '{\"reason\": \"secret\", \"reply\": 4}', 9)"
        )
        connection.commit()
        told = heard.next_message()
    assert told.pop("at")
    assert told == {"kind": "ConversationClosed", "conversation": 9, "reply": 4}


def test_coming_back_replays_what_was_missed(here):
    with stream(here, here.cookie("noor")) as heard:
        here.record("MessageReceived", [here.north], 10)
        heard.next_message()
    here.record("MessageReceived", [here.south], 11)
    here.record("MessageReceived", [here.north], 12)
    time.sleep(0.2)
    with stream(here, here.cookie("noor"), f"Last-Event-ID: {heard.id}") as again:
        assert again.next_message()["message"] == 12
    with stream(here, here.cookie("noor"), path=f"/live?after={heard.id}") as again:
        assert again.next_message()["message"] == 12


@pytest.mark.parametrize("place", ["nonsense", "1-", "9" * 30 + "-1", "999999999-1", "-1-5"])
def test_a_place_that_cannot_be_is_answered_with_reset(here, place):
    with stream(here, here.cookie("noor"), f"Last-Event-ID: {place}") as heard:
        assert any(line == "event: reset" for line in heard.lines())
        here.record("MessageReceived", [here.north], 20)
        assert heard.next_message()["message"] == 20


def test_a_lost_membership_silences_the_stream_at_once(here):
    with stream(here, here.cookie("sam")) as heard, psycopg.connect(here.url) as connection:
        here.record("MessageReceived", [here.south], 30)
        assert heard.next_message()["message"] == 30
        connection.execute("DELETE FROM people_membership WHERE team_id = %s", [here.south])
        connection.commit()
        here.record("MembershipChanged", [])
        heard.next_message()
        heard.next_event("presence")  # said anew to whose rights changed
        here.record("MessageReceived", [here.south], 31)
        here.record("MessageReceived", [], 32)
        assert heard.next_message()["message"] == 32


def test_a_person_who_is_shut_out_loses_the_stream(here):
    with stream(here, here.cookie("vera")) as heard, psycopg.connect(here.url) as connection:
        connection.execute("UPDATE people_user SET is_active = false WHERE username = 'vera'")
        connection.commit()
        here.record("UserChanged", [])
        began = time.monotonic()
        for _ in heard.lines():
            pass
        assert time.monotonic() - began < 25  # the next look at everybody's rights is later


def test_stopping_closes_open_streams_at_once(here):
    with stream(here, here.cookie("noor")) as heard:
        began = time.monotonic()
        here.stop_live()
        for _ in heard.lines():
            pass
        assert time.monotonic() - began < 30
    here.start_live()
