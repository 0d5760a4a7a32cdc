"""What stands at the reference network after we wrote, in the fair and in the foul case."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from harken.connectors.bluesky.addresses import TidClock
from harken.connectors.bluesky.tests.world import BlueskyWorld
from harken.kit.connector import ConnectorError, Refused, Unclear
from harken.kit.connector_contract.steps import answer, asked, eventually, hear, settled
from tests.servers.atproto.people import wait_for

pytestmark = pytest.mark.atproto


def test_the_record_names_root_parent_languages_and_facets(world: BlueskyWorld):
    root = world.our_post("Our new timetable")
    middle = world.reply(root, "Where?")
    connector = world.connector()
    post = hear(world, connector, middle)
    text = f"👋 @{world.other.handle} see example.org #late"
    receipt = connector.send(answer(connector, post, text))
    record = world.ours.record(receipt.external_id)
    assert (record.reply.root.uri, record.reply.parent.uri) == (root, middle)
    assert (record.reply.root.cid, record.reply.parent.cid) == (
        world.refs[root].cid,
        world.refs[middle].cid,
    )
    assert record.langs == ["en"]
    whole = text.encode()
    shown = [
        (whole[f.index.byte_start : f.index.byte_end].decode(), f.features[0])
        for f in record.facets
    ]
    assert [words for words, _ in shown] == [f"@{world.other.handle}", "example.org", "#late"]
    assert shown[0][1].did == world.other.did
    assert (shown[1][1].uri, shown[2][1].tag) == ("https://example.org", "late")


def test_the_customer_is_told_of_our_answer(world: BlueskyWorld):
    connector, post = asked(world)
    receipt = connector.send(answer(connector, post, "Here we are."))
    told = lambda: [  # noqa: E731
        note.reason
        for note in world.customer.client.app.bsky.notification.list_notifications().notifications
        if note.uri == receipt.external_id
    ]
    assert wait_for(told, "the customer's notification") == ["reply"]


def test_a_mention_of_nobody_is_plain_text(world: BlueskyWorld):
    connector, post = asked(world)
    receipt = connector.send(answer(connector, post, "Ask @nobody-at-all.test"))
    assert world.ours.record(receipt.external_id).facets is None


def test_an_answer_goes_out_while_the_appview_is_down(world: BlueskyWorld):
    connector, post = asked(world)
    with world.network.relay.fault("/xrpc/app.bsky.", status=502):
        receipt = connector.send(answer(connector, post, "Our own server still works."))
    record = world.ours.record(receipt.external_id)
    assert (record.reply.parent.cid, record.reply.root.cid) == (post.native["cid"],) * 2


def test_a_write_that_a_frozen_server_applies_later_is_unclear_and_then_found(world: BlueskyWorld):
    connector, post = asked(world)
    reply = answer(connector, post, "Frozen on the way.")
    world.network.pause()
    begin = time.monotonic()
    try:
        with pytest.raises(Unclear):
            connector.send(reply)
    finally:
        world.network.resume()
    assert time.monotonic() - begin < 60
    assert eventually(world, lambda: connector.find(reply.key), "the late write")
    assert settled(world, post) == ["Frozen on the way."]


def test_a_failing_server_that_wrote_nothing_leaves_it_unclear(world: BlueskyWorld):
    connector, post = asked(world)
    reply = answer(connector, post, "Perhaps.")
    with world.network.relay.fault("createRecord", status=500), pytest.raises(Unclear):
        connector.send(reply)
    assert connector.find(reply.key) is None
    assert connector.send(reply).external_id
    assert settled(world, post) == ["Perhaps."]


def test_a_key_taken_by_another_answer_is_refused(world: BlueskyWorld):
    connector, post = asked(world)
    first = answer(connector, post, "The first one.")
    connector.send(first)
    other = answer(connector, post, "Another one.")
    with pytest.raises(Refused):
        connector.send(replace(other, key=first.key))
    assert settled(world, post) == ["The first one."]


def test_a_post_closed_to_replies_refuses_ours(world: BlueskyWorld):
    connector, post = asked(world)
    world.customer.close_replies(world.refs[post.external_id])

    def closed() -> bool:
        params = {"uris": [post.external_id]}
        (view,) = world.ours.client.app.bsky.feed.get_posts(params).posts
        return bool(view.viewer.reply_disabled)

    eventually(world, closed, "the gate is known")
    with pytest.raises(Refused, match="only from some people"):
        connector.send(answer(connector, post, "Through the gate."))


def test_the_servers_own_word_refuses_a_text_of_too_many_bytes(world: BlueskyWorld, monkeypatch):
    """Should our count ever differ from the server's, its refusal is final."""
    from harken.connectors.bluesky import write

    connector, post = asked(world)
    monkeypatch.setattr(write, "length", lambda text: connector.length(""))
    with pytest.raises(Refused, match="maximum 3000"):
        connector.send(answer(connector, post, "👩‍👩‍👧‍👦" * 130))
    with pytest.raises(Refused, match="maximum 300"):
        connector.send(answer(connector, post, "x" * 301))


@pytest.mark.parametrize("text", ["x" * 300, "👩‍👩‍👧‍👦" * 120, "é" * 300, "e\u0301" * 300])
def test_a_text_at_the_limit_is_taken(world: BlueskyWorld, text):
    connector, post = asked(world)
    assert world.ours.record(connector.send(answer(connector, post, text)).external_id).text == text


def test_an_unlikely_key_is_refused_by_the_server(world: BlueskyWorld):
    connector, post = asked(world)
    reply = answer(connector, post, "No such key.")
    with pytest.raises(Refused):
        connector.send(replace(reply, key="no such key!"))


def test_a_deletion_whose_answer_got_lost_may_be_repeated(world: BlueskyWorld):
    connector, post = asked(world)
    receipt = connector.send(answer(connector, post, "Sent by mistake."))
    with world.network.relay.fault("deleteRecord", lose=True), pytest.raises(ConnectorError):
        connector.delete(receipt.external_id)
    connector.delete(receipt.external_id)
    assert connector.find(receipt.external_id.rsplit("/", 1)[1]) is None


def test_keys_always_grow():
    clock = TidClock()
    keys = [clock.next() for _ in range(2000)]
    assert keys == sorted(set(keys))
    assert {len(key) for key in keys} == {13}
