"""Lists become queries that say the same."""

from __future__ import annotations

import pytest

from harken.domain.listening.language.builder import composed
from harken.domain.listening.language.parser import parse


@pytest.mark.parametrize(
    ("lists", "query"),
    [
        (("skylark", "", ""), "skylark"),
        (("skylark, #skylark", "", ""), "skylark OR #skylark"),
        (("skylark\n#skylark", "late", "hiring"), "(skylark OR #skylark) late NOT hiring"),
        (("", "lost my bag; skylark", ""), '"lost my bag" skylark'),
        (("skylark", "", "hiring, job fair"), 'skylark NOT (hiring OR "job fair")'),
        (("or, 東京", "", ""), '"or" OR 東京'),
        (('say "hi"', "", ""), '"say  hi"'),
        (("", "", "hiring"), ""),
        ((" , ;", "", ""), ""),
    ],
)
def test_lists_become_a_query(lists: tuple[str, str, str], query: str) -> None:
    assert composed(*lists) == query
    if query:
        parse(query)


def test_a_language_narrows_all_of_it() -> None:
    assert composed("a, b", "", "", "nl") == "(a OR b) lang:nl"
    assert composed("", "", "", "nl") == ""
