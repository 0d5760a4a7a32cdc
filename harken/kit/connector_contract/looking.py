"""Looking up one public post that nobody sent us."""

from __future__ import annotations

import pytest

from harken.kit.connector import Connector, ConnectorError, InboundPost, PostDeleted, Why
from harken.kit.connector_contract.poison import assert_storable
from harken.kit.connector_contract.steps import eventually, needs
from harken.kit.connector_contract.world import World
from harken.kit.look_up import LooksUp


class LookingContract:
    """What `look_up` brings, where the network can look a post up."""

    def test_a_post_that_did_not_call_us_is_looked_up(self, world: World) -> None:
        """It comes as a search would have brought it, with its own place in its tree."""
        connector = able(world)
        wanted = world.post("Nobody was called here")
        raw = eventually(world, lambda: look_up(connector, wanted), "the post is looked up")
        (post,) = connector.parse(raw)
        assert isinstance(post, InboundPost)
        assert_storable(post)
        assert (post.external_id, post.root_id, post.why) == (wanted, wanted, Why.SEARCH)
        assert "Nobody was called" in post.text

    def test_what_stands_above_a_looked_up_answer_comes_with_it(self, world: World) -> None:
        """An answer to somebody else is shown below what it answers."""
        connector = able(world)
        root = world.post("Who knows a good bike shop?")
        below = world.reply(root, "The one at the harbour")
        raw = eventually(world, lambda: look_up(connector, below), "the answer is looked up")
        (post,) = connector.parse(raw)
        assert isinstance(post, InboundPost)
        assert (post.root_id, post.parent_id) == (root, root)
        assert [above.external_id for above in post.ancestors] == [root]

    def test_a_post_that_calls_us_is_looked_up_as_a_mention(self, world: World) -> None:
        """Whoever called us is not counted among those who did not."""
        connector = able(world)
        wanted = world.mention("Hello?")
        raw = eventually(world, lambda: look_up(connector, wanted), "the mention is looked up")
        (post,) = connector.parse(raw)
        assert isinstance(post, InboundPost)
        assert post.why is Why.MENTION

    def test_a_taken_back_post_is_looked_up_as_its_deletion(self, world: World) -> None:
        """So that nobody answers what its author took back."""
        connector = able(world)
        wanted = world.post("Soon gone")
        eventually(world, lambda: look_up(connector, wanted), "the post is there")
        world.delete(wanted)

        def gone() -> bool:
            raw = look_up(connector, wanted)
            return raw is not None and isinstance(connector.parse(raw)[0], PostDeleted)

        eventually(world, gone, "the deletion is found")

    def test_what_is_no_address_of_the_network_is_not_there(self, world: World) -> None:
        """Listening hands over what it heard; nothing of it may break the call."""
        connector = able(world)
        assert look_up(connector, "not an address of anything") is None

    def test_a_network_in_trouble_is_told_apart_from_a_missing_post(self, world: World) -> None:
        """An error is raised, so that the look-up is tried again."""
        connector = able(world)
        wanted = world.post("Still here")
        eventually(world, lambda: look_up(connector, wanted), "the post is there")
        for broken in (world.server_errors, world.unreachable):
            with broken(), pytest.raises(ConnectorError):
                look_up(connector, wanted)


def able(world: World) -> Connector:
    """A connector that can look up."""
    needs(world, "can_look_up")
    connector = world.connector()
    assert isinstance(connector, LooksUp)
    return connector


def look_up(connector: Connector, wanted: str) -> bytes | None:
    """What the connector finds for a post."""
    assert isinstance(connector, LooksUp)
    return connector.look_up(wanted)
