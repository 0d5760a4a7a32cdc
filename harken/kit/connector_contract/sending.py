"""What goes out: once, in the right place, or not at all."""

from __future__ import annotations

import pytest

from harken.kit.connector import (
    ConnectorError,
    RateLimited,
    Refused,
    SessionLost,
    Unclear,
)
from harken.kit.connector_contract.steps import (
    answer,
    asked,
    eventually,
    follow,
    needs,
    settled,
)
from harken.kit.connector_contract.world import World


class SendingContract:
    """What goes out: once, or not at all."""

    def test_an_answer_stands_once_under_the_right_post(self, world: World) -> None:
        """A reply is public, in the right place, and the receipt leads to it."""
        connector, post = asked(world)
        receipt = connector.send(answer(connector, post, "We are looking into it."))
        assert receipt.external_id
        assert settled(world, post) == ["We are looking into it."]
        assert [raw for raw in follow(connector, post) if receipt.external_id in raw.decode()]

    def test_sending_twice_with_one_key_posts_once(self, world: World) -> None:
        """A repeated send is the same send, and gives the same receipt."""
        connector, post = asked(world)
        reply = answer(connector, post, "Said once.")
        first = connector.send(reply)
        assert world.connector().send(reply).external_id == first.external_id
        assert settled(world, post) == ["Said once."]

    def test_an_answer_that_got_lost_is_unclear_and_then_found(self, world: World) -> None:
        """The write happened, its answer did not arrive: never repeated, but looked for."""
        needs(world, "can_find")
        connector, post = asked(world)
        reply = answer(connector, post, "Said in the dark.")
        with world.lost_answers(), pytest.raises(Unclear) as caught:
            connector.send(reply)
        assert caught.value.applied is None
        found = eventually(world, lambda: connector.find(reply.key), "the lost answer is found")
        assert connector.send(reply).external_id == found.external_id
        assert settled(world, post) == ["Said in the dark."]

    def test_a_server_error_on_a_send_is_unclear(self, world: World) -> None:
        """Nobody knows what a failing server did with a write."""
        connector, post = asked(world)
        reply = answer(connector, post, "Said to a broken server.")
        with world.server_errors(), pytest.raises(ConnectorError) as caught:
            connector.send(reply)
        assert not caught.value.permanent

    def test_a_refused_connection_certainly_applied_nothing(self, world: World) -> None:
        """Nothing was sent, so it may be sent again without looking."""
        connector, post = asked(world)
        reply = answer(connector, post, "Said to nobody.")
        with world.unreachable(), pytest.raises(ConnectorError) as caught:
            connector.send(reply)
        assert (caught.value.applied, caught.value.permanent) == (False, False)

    def test_a_key_never_sent_is_not_found(self, world: World) -> None:
        """`find` says None only when the write certainly is not there."""
        needs(world, "can_find")
        connector = world.connector()
        assert connector.find(connector.new_key()) is None
        with world.unreachable(), pytest.raises(ConnectorError):
            connector.find(connector.new_key())

    def test_a_text_that_is_too_long_is_refused(self, world: World) -> None:
        """Refused for good, and nothing stands in public."""
        connector, post = asked(world)
        text = "x" * (connector.capabilities.length_limit + 1)
        assert connector.length(text).left < 0
        with pytest.raises(Refused):
            connector.send(answer(connector, post, text))
        assert list(world.answers(post.external_id)) == []

    def test_an_answer_to_a_deleted_post_is_refused(self, world: World) -> None:
        """Nobody answers into the void."""
        connector, post = asked(world)
        world.delete(post.external_id)
        reply = answer(connector, post, "Too late.")
        eventually(world, lambda: follow(connector, post), "the deletion is noticed")
        with pytest.raises(Refused) as caught:
            connector.send(reply)
        assert caught.value.permanent

    def test_a_rate_limit_says_how_long_to_wait(self, world: World) -> None:
        """Reading and sending both hand the network's wish on."""
        connector, post = asked(world)
        reply = answer(connector, post, "Not now.")
        with world.rate_limit(7):
            for call in (lambda: connector.read(None), lambda: connector.send(reply)):
                with pytest.raises(RateLimited) as caught:
                    call()
                assert caught.value.retry_after == pytest.approx(7, abs=1.5)
                assert caught.value.applied is False

    def test_a_revoked_login_is_told_apart_from_every_other_error(self, world: World) -> None:
        """Reading and sending raise `SessionLost`; sends are then held, not failed."""
        connector, post = asked(world)
        reply = answer(connector, post, "From a stranger.")
        with world.revoked():
            for call in (lambda: world.connector().read(None), lambda: connector.send(reply)):
                with pytest.raises(SessionLost):
                    call()
        assert list(world.answers(post.external_id)) == []

    def test_our_answer_can_be_taken_back_more_than_once(self, world: World) -> None:
        """Deleting is idempotent, and others' posts are out of reach."""
        needs(world, "can_delete")
        connector, post = asked(world)
        receipt = connector.send(answer(connector, post, "Sent by mistake."))
        settled(world, post)
        for _ in range(2):
            connector.delete(receipt.external_id)
        gone = lambda: not world.answers(post.external_id)  # noqa: E731
        eventually(world, gone, "our answer is gone")
        with pytest.raises(Refused):
            connector.delete(post.external_id)

    def test_liking_twice_with_one_key_likes_once(self, world: World) -> None:
        """A like is a write like any other."""
        needs(world, "can_like")
        connector, post = asked(world)
        key = connector.new_key()
        first = connector.like(post.external_id, post.native, key)
        assert connector.like(post.external_id, post.native, key) == first
        eventually(world, lambda: world.likes(post.external_id) == 1, "the like is counted")
