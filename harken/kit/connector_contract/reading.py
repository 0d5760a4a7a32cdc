"""What is read: complete, again if need be, and nothing twice for ever."""

from __future__ import annotations

import pytest

from harken.kit.connector import (
    ConnectorError,
    Why,
)
from harken.kit.connector_contract.steps import (
    drained,
    everything,
    hear,
    needs,
)
from harken.kit.connector_contract.world import World


class ReadingContract:
    """Who we are, and what we hear."""

    def test_it_says_who_we_are(self, world: World) -> None:
        """`identify` logs in and names our account as authors are named."""
        identity = world.connector().identify()
        assert identity.external_id == world.us
        assert identity.handle

    def test_making_one_and_composing_calls_nobody(self, world: World) -> None:
        """The constructor and the composer's methods work without a network."""
        with world.unreachable():
            connector = world.connector()
            assert connector.length("Hello").used > 0
            assert connector.preview("Hello")
            assert connector.new_key() != connector.new_key()

    def test_a_mention_is_read_with_its_text_author_and_time(self, world: World) -> None:
        """A public post that calls us arrives, complete, as the start of its own tree."""
        wanted = world.mention("My train is late again")
        post = hear(world, world.connector(), wanted)
        assert "My train is late again" in post.text
        assert post.author.external_id not in ("", world.us)
        assert post.author.handle
        assert (post.root_id, post.parent_id, post.by_us) == (wanted, None, False)
        assert post.why is Why.MENTION

    def test_the_same_cursor_read_twice_loses_nothing(self, world: World) -> None:
        """A read whose result was never stored is repeated: it must give at least the same."""
        connector = world.connector()
        cursor = drained(world, connector)
        first = {world.mention(f"Repeated read {n}") for n in range(3)}
        for wanted in first:
            hear(world, connector, wanted, cursor)
        later = world.mention("Repeated read, later")
        hear(world, connector, later, cursor)
        assert first | {later} <= everything(connector, cursor)

    def test_reading_goes_on_where_it_stopped(self, world: World) -> None:
        """A second connector with the stored cursor reads what came in between, and not all."""
        old = world.mention("Before the break")
        connector = world.connector()
        hear(world, connector, old)
        cursor = drained(world, connector)
        new = [world.mention(f"After the break {n}") for n in range(3)]
        again = world.connector()
        for wanted in new:
            hear(world, again, wanted, cursor)
        assert not set(everything(again, drained(world, again, cursor))) & {old, *new}

    def test_a_cursor_nobody_gave_out_does_not_stop_the_channel(self, world: World) -> None:
        """A broken cursor may cost a second reading, never the channel."""
        wanted = world.mention("Read in spite of the cursor")
        assert hear(world, world.connector(), wanted, "{]").external_id == wanted

    def test_a_reply_knows_its_root_its_parent_and_the_posts_above(self, world: World) -> None:
        """Root and parent are right, and the ancestors come oldest first, ours marked as ours."""
        root = world.our_post("We have a new timetable")
        middle = world.reply(root, "Where do I find it?")
        last = world.reply(middle, "I cannot find it either")
        post = hear(world, world.connector(), last)
        assert (post.root_id, post.parent_id) == (root, middle)
        assert [(one.external_id, one.by_us) for one in post.ancestors] == [
            (root, True),
            (middle, False),
        ]
        assert post.why is Why.REPLY

    def test_a_quote_brings_the_quoted_post(self, world: World) -> None:
        """A quote of our post arrives with what it quotes."""
        ours = world.our_post("Our new café opens on Monday")
        wanted = world.quote(ours, "Will it be dearer than the old one?")
        post = hear(world, world.connector(), wanted)
        assert post.quoted is not None
        assert post.quoted.external_id == ours
        assert "new café" in post.quoted.text
        assert post.why is Why.QUOTE

    def test_a_picture_comes_with_its_description(self, world: World) -> None:
        """Agents who do not see the picture read its description."""
        wanted = world.picture("Look at this seat", "A torn seat, foam showing")
        images = hear(world, world.connector(), wanted).images
        assert [image.alt for image in images] == ["A torn seat, foam showing"]
        assert images[0].url

    def test_a_hashtag_is_heard_without_a_mention(self, world: World) -> None:
        """Words in `listen_for` find posts that do not call us."""
        needs(world, "can_search")
        wanted = world.post(f"Waiting for an hour {world.tag}")
        post = hear(world, world.connector(world.tag), wanted)
        assert (post.why, post.by_us) == (Why.SEARCH, False)

    def test_a_down_network_is_an_error_that_may_be_tried_again(self, world: World) -> None:
        """An outage is never an empty page: that would look like a quiet day."""
        connector = world.connector()
        connector.identify()
        for broken in (world.unreachable, world.server_errors):
            with broken(), pytest.raises(ConnectorError) as caught:
                connector.read(None)
            assert not caught.value.permanent

    def test_what_was_written_during_an_outage_is_read_after_it(self, world: World) -> None:
        """The cursor from before the outage leads to everything."""
        connector = world.connector()
        cursor = drained(world, connector)
        with world.unreachable():
            wanted = [world.mention(f"Anybody there? {n}") for n in range(5)]
            with pytest.raises(ConnectorError):
                connector.read(cursor)
        for one in wanted:
            hear(world, connector, one, cursor)
        assert set(wanted) <= everything(connector, cursor)
