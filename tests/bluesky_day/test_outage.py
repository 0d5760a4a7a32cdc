"""The network is away for a while: nothing is lost and nothing is doubled."""

from __future__ import annotations

import threading
import time

import pytest

from tests.bluesky_day import books
from tests.bluesky_day.conftest import Harken
from tests.bluesky_day.figures import Figures
from tests.bluesky_day.sizes import SIZES, Size
from tests.journeys.house import until

pytestmark = pytest.mark.atproto

FAILING_WITHIN = 90.0
CAUGHT_UP_WITHIN = 240.0


@pytest.mark.parametrize("size", SIZES)
def test_nothing_is_lost_while_the_network_is_away(harken: Harken, size: Size) -> None:
    with Figures(f"The network is away for {size.outage:.0f} s") as figures:
        _away_and_back(harken, size, figures)


def _away_and_back(harken: Harken, size: Size, figures: Figures) -> None:
    town, house, relay = harken.town, harken.house, harken.town.network.relay
    town.settle(size.accounts)
    town.day(4, 2)
    first = books.of_the_network(town)
    until(lambda: not books.difference(books.of_the_house(house), first), size.patience)
    conversations = harken.mika.conversations(3)
    before = len(town.written)

    begin = time.monotonic()
    with relay.down():
        writers = threading.Thread(
            target=town.day, args=(size.posts // 4, size.outage * 0.8), daemon=True
        )
        writers.start()
        until(lambda: house.channel_state == "failing", FAILING_WITHIN)
        assert house.channel_state == "failing"
        figures.note("shown as not answering", f"{time.monotonic() - begin:.1f} s after the cut")
        assert "Not answering" in harken.mika.page("/manage/channels/")
        texts = [f"We are on it. ({number}-{size.outage:.0f} s) /Mika" for number in conversations]
        keys = [
            harken.mika.answer(number, text)["client_key"]
            for number, text in zip(conversations, texts, strict=True)
        ]
        writers.join()
        time.sleep(max(0.0, begin + size.outage - time.monotonic()))
        assert until(lambda: _states(harken, keys) == {"queued"}), _states(harken, keys)
        assert house.channel_state == "failing"
        written = {made.ref.uri for made in town.written[before:]}
        assert not written & {entry.uri for entry in books.of_the_house(house).entries}
    _caught_up(harken, keys, len(written), figures)
    standing = [record.value.text for record in books.repository(town.us)]
    assert [standing.count(text) for text in texts] == [1] * len(texts)
    assert books.marked_deleted(house) <= {m.ref.uri for m in town.written if m.deleted}
    books.assert_nothing_doubled(house)


def _caught_up(harken: Harken, keys: list[str], written: int, figures: Figures) -> None:
    """Wait until all is as at the network again; say how long it took from now."""
    house = harken.house
    back = time.monotonic()
    until(lambda: house.channel_state == "connected", CAUGHT_UP_WITHIN)
    figures.note("connected again", f"{time.monotonic() - back:.1f} s after it is back")
    theirs = books.of_the_network(harken.town)
    until(lambda: not books.difference(books.of_the_house(house), theirs), CAUGHT_UP_WITHIN)
    assert books.difference(books.of_the_house(house), theirs) == ""
    figures.note(
        "all posts stored", f"{time.monotonic() - back:.1f} s after it is back ({written})"
    )
    until(lambda: _states(harken, keys) == {"sent"}, CAUGHT_UP_WITHIN)
    assert _states(harken, keys) == {"sent"}
    figures.note(
        "all answers delivered", f"{time.monotonic() - back:.1f} s after it is back ({len(keys)})"
    )
    assert house.channel_state == "connected"


def _states(harken: Harken, keys: list[str]) -> set[str]:
    rows = harken.house.asked(
        "SELECT state FROM replies_reply WHERE client_key = ANY(%s::uuid[])", keys
    )
    return {str(state) for (state,) in rows}
