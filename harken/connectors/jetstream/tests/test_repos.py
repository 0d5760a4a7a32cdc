"""A server's own firehose: its numbers, its refusals, and frames that are none.

Real frames are read in `tests/bluesky_day/test_heard.py`, from the reference server.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import libipld
import pytest

from harken.connectors.jetstream.parse import heard, microseconds
from harken.connectors.jetstream.repos import Place
from harken.kit import clock
from harken.kit.connector import ConnectorError
from harken.kit.source import Gone


def frame(name: str, /, kind: int = 1, **body: Any) -> bytes:
    header = {"op": kind, "t": name} if name else {"op": kind}
    return libipld.encode_dag_cbor(header) + libipld.encode_dag_cbor(body)


def commit(seq: int, **more: Any) -> bytes:
    said = {"repo": "did:plc:mila", "ops": [], "blocks": b"", "time": clock.now().isoformat()}
    return frame("#commit", seq=seq, **(said | more))


def test_without_a_cursor_the_stream_is_asked_for_what_comes_and_with_one_for_what_came_since():
    place = Place.opened(None)
    assert place.asked == {}
    unread = Place.opened(place.closed())
    assert unread.asked == {"cursor": 0}  # no number is known yet: all that is kept, by its time
    unread.take(commit(41))
    assert Place.opened(unread.closed()).asked == {"cursor": 41}


def test_what_is_older_than_the_first_listening_is_passed_over():
    place = Place.opened(Place.opened(None).closed())
    old = (clock.now() - timedelta(hours=1)).isoformat()
    place.take(commit(7, time=old))
    assert place.seq == 0
    place.take(commit(8))
    place.take(commit(9, time=old))  # its clock may be wrong; its number is not
    assert place.seq == 9


def test_numbers_never_go_back():
    place = Place.opened(None)
    place.take(commit(12))
    place.take(commit(11))
    assert place.seq == 12
    place.take(frame("#identity", seq=13, did="did:plc:mila"))
    assert place.seq == 13


def test_a_refusal_is_told_with_its_words():
    place = Place.opened(None)
    with pytest.raises(ConnectorError, match="FutureCursor: too far") as told:
        place.take(frame("", kind=-1, error="FutureCursor", message="too far"))
    assert not told.value.permanent


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xff",
        "text",
        libipld.encode_dag_cbor({"op": 1}),
        libipld.encode_dag_cbor([1]) + libipld.encode_dag_cbor([2]),
        frame("#commit", seq="5"),
        frame("#info", name="OutdatedCursor"),
        frame("#commit", kind=7, seq=5),
    ],
)
def test_what_is_no_event_changes_nothing(raw):
    place = Place.opened(None)
    assert place.take(raw) == []
    assert place.seq == 0


@pytest.mark.parametrize(
    "more",
    [
        {"ops": None},
        {"ops": ["x", {"action": "create"}]},
        {"ops": [{"action": "create", "path": 5, "cid": b"x"}]},
        {"ops": [{"action": "create", "path": "app.bsky.feed.post/3k", "cid": b"x"}]},
        {"ops": [{"action": "create", "path": "app.bsky.feed.post/3k", "cid": b"x"}], "blocks": 5},
        {"repo": 5, "ops": [{"action": "create", "path": "app.bsky.feed.post/3k", "cid": b"x"}]},
        {"time": "yesterday"},
        {"time": 5},
    ],
)
def test_a_commit_nobody_can_read_is_passed_by(more):
    place = Place.opened(None)
    assert place.take(commit(5, **more)) == []
    assert place.seq == 5


def test_a_post_that_was_taken_back_is_told_once():
    place = Place.opened(None)
    ops = [
        {"action": "delete", "path": "app.bsky.feed.post/3k", "cid": None},
        {"action": "delete", "path": "app.bsky.feed.like/3k", "cid": None},
    ]
    assert place.take(commit(5, ops=ops)) == []
    gone = Gone("bluesky", uri="at://did:plc:mila/app.bsky.feed.post/3k")
    assert place.caught().gone == (gone,)
    assert place.caught().gone == ()


def test_a_record_becomes_the_post_that_jetstream_would_tell():
    record = {"text": "late again #parcelo", "langs": ["nl"], "createdAt": "2026-11-22T04:00:00Z"}
    post = heard("did:plc:mila", "3k", record, microseconds(clock.now()))
    assert post is not None
    assert (post.uri, post.lang) == ("at://did:plc:mila/app.bsky.feed.post/3k", "nl")
    assert heard("did:plc:mila", "3k", b"no record", 0) is None
