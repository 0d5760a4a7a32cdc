"""Lines of a brand's lists: words, endings, patterns, and where a pattern goes wrong."""

from __future__ import annotations

import time

import pytest

from harken.domain.replies.brand_words import UnusableLine, places, usable


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ("/ab(cd/", 3),
        ("/ab)cd/", 3),
        ("/x{1001}/", 2),
        ("/a**/", 2),
        (r"/no\8/", 3),
        ("/(?=a)/", 1),
    ],
)
def test_a_broken_pattern_names_its_column(line: str, column: int) -> None:
    with pytest.raises(UnusableLine) as refused:
        usable(line)
    assert refused.value.column == column
    assert f"column {column + 1}" in str(refused.value)


@pytest.mark.parametrize("line", ["/.*/", "/x?/", "a", "*", "-"])
def test_a_line_that_would_fit_everywhere_is_refused(line: str) -> None:
    with pytest.raises(UnusableLine):
        usable(line)


def test_places_count_characters_also_behind_emoji_and_umlauts() -> None:
    text = "Übel 🙈 VIP-2231"
    assert [text[slice(*place)] for place in places(r"/vip-\d+/", text)] == ["VIP-2231"]
    assert [text[slice(*place)] for place in places("übel", text)] == ["Übel"]


def test_no_pattern_can_make_a_server_think_for_long() -> None:
    began = time.thread_time()
    places("/(a+)+$/", "a" * 20_000 + "b")
    assert time.thread_time() - began < 1
