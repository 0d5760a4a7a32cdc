"""What happens later: follow-ups, deletions and edits."""

from __future__ import annotations

import pytest

from harken.kit.connector import (
    ConnectorError,
    Followed,
    InboundPost,
    PostDeleted,
    Why,
)
from harken.kit.connector_contract.steps import (
    asked,
    edits_of,
    eventually,
    follow,
    hear,
    needs,
)
from harken.kit.connector_contract.world import World


class FollowingContract:
    """What happens to posts after we heard them."""

    def test_a_follow_up_nobody_told_us_of_is_found(self, world: World) -> None:
        """`recheck` reads what others write below a post we hold."""
        connector, post = asked(world)
        below = world.reply(post.external_id, "Same here!")
        found = eventually(world, lambda: follow(connector, post), "the follow-up is found")
        (heard,) = [one for raw in found for one in connector.parse(raw)]
        assert isinstance(heard, InboundPost)
        assert (heard.external_id, heard.parent_id) == (below, post.external_id)
        assert heard.why is Why.THREAD
        assert follow(connector, post, below) == ()

    def test_a_deletion_is_reported(self, world: World) -> None:
        """A post its author took back is reported as deleted, and nothing else is."""
        connector, post = asked(world)
        stays = hear(world, connector, world.mention("This one stays"))
        world.delete(post.external_id)
        found = eventually(world, lambda: follow(connector, post), "the deletion is found")
        (heard,) = [one for raw in found for one in connector.parse(raw)]
        assert isinstance(heard, PostDeleted)
        assert heard.external_id == post.external_id
        assert follow(connector, stays) == ()

    def test_an_edit_is_reported_with_a_newer_version(self, world: World) -> None:
        """Where the network has edits, the new text comes with a version that sorts later."""
        needs(world, "can_edit")
        connector, post = asked(world)
        world.edit(post.external_id, "I meant the other train")
        edits = lambda: edits_of(connector, post)  # noqa: E731
        (edit, *_) = eventually(world, edits, "the edit is found")
        assert "the other train" in edit.text
        assert edit.version > post.version

    def test_a_network_in_trouble_never_looks_like_a_deletion(self, world: World) -> None:
        """An error or a silence says nothing about a post."""
        connector, post = asked(world)
        for broken in (world.server_errors, world.unreachable):
            with broken(), pytest.raises(ConnectorError):
                connector.recheck([Followed(post.root_id, (post.external_id,))])
        assert follow(connector, post) == ()
