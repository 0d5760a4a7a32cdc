"""Reading from the reference network where it is hardest: bursts, late posts, searches, silence."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

import pytest

from harken.connectors.bluesky import listen, recheck
from harken.connectors.bluesky.parse import moment
from harken.connectors.bluesky.tests.world import BlueskyWorld
from harken.kit import clock
from harken.kit.connector import ConnectorError, Followed, RateLimited, Why
from harken.kit.connector_contract.steps import (
    asked,
    drained,
    eventually,
    everything,
    follow,
    hear,
    read_all,
)
from tests.servers.atproto.people import wait_for

pytestmark = pytest.mark.atproto


def stamp(when: datetime) -> str:
    return when.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def test_a_mention_is_read_within_seconds(world: BlueskyWorld):
    connector = world.connector()
    cursor = drained(world, connector)
    begin = time.monotonic()
    hear(world, connector, world.mention("How fast are you?"), cursor)
    assert time.monotonic() - begin < 30  # seconds are promised; a busy machine is slow


def test_a_burst_over_many_pages_is_read_whole_though_reading_is_cut_short(
    world: BlueskyWorld, monkeypatch
):
    monkeypatch.setattr(listen, "NOTIFICATIONS", 10)
    cursor = drained(world, world.connector())
    since = clock.now()
    # Three posts share each millisecond, so that page edges fall between equal times.
    wanted = {
        world.known(
            world.customer.post(
                f"@{world.ours.handle} burst {number}",
                created_at=stamp(since + timedelta(milliseconds=number // 3)),
            )
        )
        for number in range(47)
    }
    wait_for(lambda: wanted <= everything(world.connector(), cursor), "the burst is indexed")
    heard, reads, more = set(), 0, True
    while more:
        connector = world.connector()  # a new process each time
        page = connector.read(cursor)
        heard |= {one.external_id for raw in page.items for one in connector.parse(raw)}
        cursor, more, reads = page.cursor, page.more, reads + 1
    assert wanted <= heard
    assert reads >= 5
    assert not wanted & everything(world.connector(), cursor)


def test_a_post_written_earlier_than_it_arrived_is_heard(world: BlueskyWorld):
    """A phone without a line sends later; the network sorts the post where it was written."""
    connector = world.connector()
    cursor = drained(world, connector)
    hours_ago = stamp(clock.now() - timedelta(hours=3))
    text = f"@{world.ours.handle} written in a tunnel"
    late = world.known(world.customer.post(text, created_at=hours_ago))
    assert hear(world, connector, late, cursor).sent_at == moment(hours_ago)


def test_a_quiet_channel_reads_nothing_twice(world: BlueskyWorld):
    connector = world.connector(world.tag)
    hear(world, connector, world.post(f"Once only {world.tag}"))
    cursor = drained(world, connector)
    for _ in range(3):
        items, cursor = read_all(connector, cursor)
        assert items == []


def test_a_search_leaves_out_ourselves_and_longer_tags(world: BlueskyWorld):
    ours = world.our_post(f"We are sorry {world.tag}")
    longer = world.post(f"Something else {world.tag}er")
    wanted = world.post(f"The real one {world.tag}!")
    for one in (ours, longer, wanted):
        world.shown(one)
    assert {ours, longer, wanted} & everything(world.connector(world.tag), None) == {wanted}


def test_several_terms_take_turns(world: BlueskyWorld):
    words = [f"{world.tag[1:]}{ending}" for ending in ("alpha", "beta", "gamma")]
    wanted = [world.post(f"I say {word} loudly") for word in words]
    connector = world.connector(*words)
    for one in wanted:
        assert hear(world, connector, one).why is Why.SEARCH


def test_a_post_that_calls_us_and_carries_the_tag_comes_once_as_a_mention(world: BlueskyWorld):
    wanted = world.mention(f"Both at once {world.tag}")
    connector = world.connector(world.tag)
    post = hear(world, connector, wanted)  # whichever list is the quicker one
    assert post.why is Why.MENTION
    page = connector.read(None)
    ids = [one.external_id for raw in page.items for one in connector.parse(raw)]
    assert ids.count(wanted) == 1


def test_a_post_listed_but_not_shown_yet_is_read_later(world: BlueskyWorld):
    connector = world.connector()
    cursor = drained(world, connector)
    wanted = world.mention("Slow to be shown")
    with world.network.relay.fault("getPosts", status=200, body=b'{"posts": []}'):
        listed = lambda: world.network.relay.count("getPosts")  # noqa: E731
        before = listed()

        def look() -> bool:
            nonlocal cursor
            page = connector.read(cursor)
            assert page.items == ()
            cursor = page.cursor
            return listed() > before

        wait_for(look, "the post is listed")
    assert hear(world, connector, wanted, cursor).external_id == wanted


def test_a_search_that_fails_does_not_hold_up_those_who_call_us(world: BlueskyWorld):
    connector = world.connector(world.tag)
    cursor = drained(world, connector)
    with world.network.relay.fault("searchPosts", status=429):
        hear(world, connector, world.mention("Heard all the same"), cursor)
    assert hear(world, connector, world.post(f"Found later {world.tag}"), cursor).why is Why.SEARCH


@pytest.mark.parametrize("padding", ["[" * 2000 + "]" * 2000, '"' + "x" * 900_000 + '"'], ids=len)
def test_a_blown_up_post_does_not_stop_the_channel(world: BlueskyWorld, padding):
    """The reference network takes and hands on records with any field, nested or large."""
    connector = world.connector()
    cursor = drained(world, connector)
    hostile = [world.blown_up(padding) for _ in range(11)]
    ordinary = world.mention("In the middle of it")
    for wanted in (hostile[0], ordinary):
        assert hear(world, connector, wanted, cursor).text.startswith(f"@{world.ours.handle}")


def test_a_thread_that_cannot_be_read_costs_the_context_and_not_the_post(world: BlueskyWorld):
    ours = world.our_post("A post with answers")
    wanted = world.reply(ours, "An answer")
    with world.network.relay.fault("getPostThread", status=502):
        assert hear(world, world.connector(), wanted).ancestors == ()


def test_a_frozen_network_is_given_up_in_time_and_loses_nothing(world: BlueskyWorld):
    connector = world.connector()
    cursor = drained(world, connector)
    wanted = world.mention("Just before the silence")
    world.network.pause()
    begin = time.monotonic()
    try:
        with pytest.raises(ConnectorError) as caught:
            connector.read(cursor)
    finally:
        world.network.resume()
    assert time.monotonic() - begin < 60
    assert not caught.value.permanent
    assert hear(world, connector, wanted, cursor).external_id == wanted


def test_the_servers_own_rate_limit_is_understood(world: BlueskyWorld):
    """Not a made-up answer: the reference server itself refuses the 31st login in five minutes."""
    kept = dict(world.purse.values)
    try:
        with world.network.relay.rate_limited(), pytest.raises(RateLimited) as caught:
            for _ in range(40):
                world.purse.values.pop("access", None)
                world.connector().identify()
    finally:
        world.purse.values = kept
    assert 0 < (caught.value.retry_after or 0) <= 300


def test_an_appview_that_lost_posts_is_not_believed(world: BlueskyWorld):
    """Only the author's repository can say that a post is gone."""
    connector, post = asked(world)
    gone = b'{"error":"NotFound","message":"Post not found"}'
    with world.network.relay.fault("getPostThread", status=400, body=gone):
        assert follow(connector, post) == ()


def test_replies_under_a_deleted_post_are_still_followed(world: BlueskyWorld):
    connector, post = asked(world)
    middle = world.reply(post.external_id, "In the middle")
    eventually(world, lambda: follow(connector, post), "the reply")
    world.delete(post.external_id)
    below = world.reply(middle, "Below")
    tree = Followed(post.root_id, (post.external_id, middle))

    def told() -> set[str]:
        items = connector.recheck([tree])
        return {one.external_id for raw in items for one in connector.parse(raw)}

    wanted = {post.external_id, below}
    wait_for(lambda: told() == wanted, "the deletion and the reply below")
    assert told() == wanted


def test_one_tree_in_trouble_does_not_hide_the_others(world: BlueskyWorld):
    connector, post = asked(world)
    below = world.reply(post.external_id, "Found all the same")
    eventually(world, lambda: follow(connector, post), "the follow-up")
    bad = Followed("at://did:plc:nobody/app.bsky.feed.post/x", ("not an address at all",))
    found = connector.recheck([bad, Followed(post.root_id, (post.external_id,))])
    assert [one.external_id for raw in found for one in connector.parse(raw)] == [below]
    assert recheck.BRANCHES > 1


def test_in_a_large_tree_every_branch_gets_its_turn(
    world: BlueskyWorld, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(recheck, "BRANCHES", 1)
    connector = world.connector()
    root = world.our_post("The winter timetable is out")
    branches = [world.reply(root, f"Branch {number}") for number in range(3)]
    below = {world.reply(branch, "Below") for branch in branches}
    tree = Followed(root, tuple(branches))
    found: set[str] = set()

    def told() -> bool:
        items = connector.recheck([tree])
        found.update(one.external_id for raw in items for one in connector.parse(raw))
        return found >= below

    wait_for(told, "every branch was read")
    assert found == below
