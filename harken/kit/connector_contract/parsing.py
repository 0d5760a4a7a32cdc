"""What is made of bytes and texts: pure, and never worse than `Unreadable`."""

from __future__ import annotations

import pytest

from harken.kit.connector import (
    Unreadable,
)
from harken.kit.connector_contract.poison import assert_storable, junk, spoiled
from harken.kit.connector_contract.steps import (
    raw_of,
)
from harken.kit.connector_contract.world import World


class ParsingContract:
    """Raw items and texts; no network involved."""

    def test_parsing_is_pure(self, world: World) -> None:
        """The same bytes give the same posts, without a network."""
        wanted = world.mention("Parsed twice")
        raw = raw_of(world, world.connector(), wanted)
        with world.unreachable():
            assert world.connector().parse(raw) == world.connector().parse(raw)

    @pytest.mark.parametrize("raw", junk())
    def test_junk_is_unreadable_and_nothing_worse(self, world: World, raw: bytes) -> None:
        """Bytes that are no item of ours raise `Unreadable`, so that they go to quarantine."""
        with pytest.raises(Unreadable):
            world.connector().parse(raw)

    def test_a_spoiled_item_is_unreadable_or_still_storable(self, world: World) -> None:
        """A real item with any one value replaced by poison never breaks the channel."""
        wanted = world.picture("A post to spoil", "A picture to spoil")
        connector = world.connector()
        raw = raw_of(world, connector, wanted)
        tried = 0
        for poisoned in spoiled(raw):
            tried += 1
            try:
                read = connector.parse(poisoned)
            except Unreadable:
                continue
            for one in read:
                assert_storable(one)
        assert tried >= 60

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "plain",
            "Dear @somebody.test, see https://example.org/a_(b)?c=d. #thanks!",
            "🏳️‍🌈👩‍👩‍👧‍👦 é e\u0301 日本語 #タグ שלום",
            "two\nlines\n\n#end",
        ],
    )
    def test_the_preview_is_the_text(self, world: World, text: str) -> None:
        """Joined, the spans are what the public will see."""
        spans = world.connector().preview(text)
        assert "".join(span.text for span in spans) == text
        assert all(span.text for span in spans)

    def test_the_length_grows_with_the_text_and_ends_at_the_limit(self, world: World) -> None:
        """`length` agrees with the limit that the capabilities state."""
        connector = world.connector()
        limit = connector.capabilities.length_limit
        assert connector.length("").used == 0
        assert connector.length("x" * limit).left == 0
        assert connector.length("x" * (limit + 1)).left == -1
