"""Walking a newest-first list; no network."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from harken.connectors.bluesky.trail import OVERLAP, Hit, Trail

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
PAGE = 10


class Listing:
    """A list as the AppView keeps it: sorted by time, newest first, read in pages."""

    def __init__(self):
        self.hits: list[tuple[datetime, str]] = []

    def add(self, uri, at):
        self.hits.append((at, uri))

    def page(self, cursor):
        ordered = sorted(self.hits, reverse=True)
        if cursor:
            ordered = [(at, uri) for at, uri in ordered if at.isoformat() < cursor]
        some = ordered[:PAGE]
        hits = [Hit(uri, at, "mention") for at, uri in some]
        return hits, some[-1][0].isoformat() if len(ordered) > PAGE else ""


def walk(listing, trail, now=NOW):
    """Read as `Listener.read` does until the walk ends; also saves and restores the trail."""
    found = []
    while True:
        hits, cursor = listing.page(trail.page)
        fresh, trail = trail.advance(hits, cursor, now)
        trail = Trail.restored(json.loads(json.dumps(trail.saved())))
        found += [hit.uri for hit in fresh]
        if not trail.walking:
            return found, trail


def test_a_quiet_list_gives_nothing_twice():
    listing = Listing()
    listing.add("a", NOW)
    first, trail = walk(listing, Trail())
    second, _ = walk(listing, trail)
    assert (first, second) == (["a"], [])


def test_the_first_walk_goes_back_a_day_and_no_further():
    listing = Listing()
    listing.add("yesterday", NOW - timedelta(hours=23))
    listing.add("older", NOW - timedelta(hours=25))
    assert walk(listing, Trail())[0] == ["yesterday"]


def test_a_post_sorted_below_known_ones_is_still_found():
    listing = Listing()
    for number in range(5):
        listing.add(f"known {number}", NOW - timedelta(minutes=number))
    _, trail = walk(listing, Trail())
    listing.add("from a slow phone", NOW - timedelta(minutes=3, seconds=1))
    assert walk(listing, trail)[0] == ["from a slow phone"]


def test_a_long_absence_is_caught_up_page_by_page():
    listing = Listing()
    listing.add("old", NOW)
    _, trail = walk(listing, Trail())
    for number in range(95):
        listing.add(f"new {number}", NOW + timedelta(minutes=5, seconds=number))
    found, trail = walk(listing, trail)
    assert sorted(found) == sorted(f"new {number}" for number in range(95))
    assert walk(listing, trail)[0] == []


def test_a_post_that_could_not_be_read_is_met_again():
    listing = Listing()
    listing.add("a", NOW)
    _, trail = walk(listing, Trail())
    assert walk(listing, trail.without(["a"]))[0] == ["a"]


def test_odd_saved_values_start_anew():
    odd_values: list[object] = [None, [], "x", {"mark": 5, "seen": None}, {"page": []}]
    for odd in odd_values:
        assert walk(Listing(), Trail.restored(odd))[0] == []


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 80)), max_size=60), st.data())
def test_whatever_arrives_within_the_overlap_is_never_missed(arrivals, data):
    """Posts come in bursts between walks, each listed up to 80 s late; none is lost."""
    listing, trail, found, now = Listing(), Trail(), [], NOW
    for number, (pause, late) in enumerate(arrivals):
        now += timedelta(seconds=pause, microseconds=number + 1)
        listing.add(f"post {number}", now - timedelta(seconds=min(late, 80)))
        if data.draw(st.booleans()):
            fresh, trail = walk(listing, trail, now)
            found += fresh
    fresh, trail = walk(listing, trail, now)
    assert sorted(found + fresh) == sorted(f"post {n}" for n in range(len(arrivals)))
    assert timedelta(seconds=80) < OVERLAP
