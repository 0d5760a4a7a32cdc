"""What queries mean, and what is said when they mean nothing."""

from __future__ import annotations

import time
import unicodedata
from datetime import UTC, datetime

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from harken.domain.listening.language.errors import QueryError
from harken.domain.listening.language.examples import FIELDS, SECTIONS, Example
from harken.domain.listening.language.folding import fold
from harken.domain.listening.language.parser import parse
from harken.domain.listening.language.reading import Reading
from harken.domain.listening.matcher.anchors import check_cover
from harken.domain.listening.matcher.matcher import Matcher
from harken.kit.heard import Heard

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
BARE = Heard(network="loopback", uri="1", author="ann.example", text="lark", sent_at=NOON)
EXAMPLES = [each for examples in SECTIONS.values() for each in examples]
PIECES = [
    "AND", "OR", "NOT", "NEAR/3", "NEAR/2f", "NEAR/", "(", ")", '"', "“", "”", "raw:", "author:",
    "followers>", "has:link", "#", "@", "*", "lark*", "?", "東京", "👍🏽", "\u0301", " ", "\x00",
]  # fmt: skip
KIBIBYTES_64 = 65_536
LONG = [
    "a ", "(", "((a) ", ")", '"', '"a" ', "a OR ", "NOT ", "a NEAR/1 ", "abc* ", "*", "?", "#", "@",
    "raw:", 'raw:"', "a:", "followers>", "東", "é", "e\u0301", "👍", "\u0301", "-", "a-", "a.b@",
    "«", "&&", "\x00", " ", "a*b", "(a OR ", "http://", "@a.", "#a_",
]  # fmt: skip


def hears(query: str, text: str, **more: object) -> bool:
    heard = Heard(**{**{f: getattr(BARE, f) for f in BARE.__struct_fields__}, "text": text, **more})
    return bool(Matcher({1: query}).match(heard))


@pytest.mark.parametrize("each", EXAMPLES, ids=lambda each: each.query)
def test_every_example_of_the_reference_is_true(each: Example) -> None:
    assert [text for text in each.hears if not hears(each.query, text)] == []
    assert [text for text in each.misses if hears(each.query, text)] == []


@pytest.mark.parametrize("query", FIELDS)
def test_every_field_of_the_reference_narrows(query: str) -> None:
    there = Heard(
        network="bluesky",
        uri="1",
        author="ann.example",
        text="lark?",
        lang="nl-BE",
        sent_at=NOON,
        links=("https://blog.news.example/a",),
        pictures=1,
        reach=10_001,
    )
    matcher = Matcher({1: f"lark {query}"})
    assert matcher.match(there)
    assert not matcher.match(Heard(network="x", uri="2", author="b", text="lark", sent_at=NOON))


@pytest.mark.parametrize(
    ("query", "column", "says", "instead"),
    [
        ("", 1, "Nothing to listen for", '"example brand" OR #example'),
        ("a OR b c", 8, "brackets", "(a OR b) AND c"),
        ("late (skylark", 6, "never closed", ""),
        ("late)", 5, "never opened", ""),
        ("late ()", 6, "nothing in these brackets", ""),
        ('late "my bag', 6, "not closed", '"my bag"'),
        ("late AND", 9, "missing", ""),
        ("AND late", 1, "between two", "late AND cancelled"),
        ("late and bag", 6, "written AND", 'AND or "and"'),
        ("lark -hiring", 6, "means nothing", "NOT hiring"),
        ("autor:ann", 1, "no field autor:", "author:alice.example"),
        ("lark followers>many", 6, "whole number", "followers>1000"),
        ("a NEAR/x b", 3, "how many words", "late NEAR/5 flight"),
        ("a NEAR/3 (b c)", 11, "Beside NEAR", "(late OR delayed) NEAR/5 flight"),
        ("lark !!!", 6, "no word", 'raw:"!!!"'),
        ("de*", 1, "3 letters", "deliver*"),
        ("NOT NOT a", 5, "twice", ""),
        ("lark has:film", 6, "link, image, question", "has:link"),
        ("NOT hiring", 1, "nearly every post", "example NOT vacancy"),
        ("lark OR NOT hiring", 9, "nearly every post", "example NOT vacancy"),
        ("lang:nl has:link", 1, "nearly every post", ""),
    ],
)
def test_an_error_points_at_its_column_and_says_what_to_write(
    query: str, column: int, says: str, instead: str
) -> None:
    with pytest.raises(QueryError) as caught:
        check_cover(parse(query))
    assert (caught.value.column, caught.value.instead) == (column, instead)
    assert says in caught.value.message


@given(st.text())
@example("İΐﬁ™ß\u0345Å")
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_decomposed_and_composed_text_read_alike(text: str) -> None:
    composed, parted = (unicodedata.normalize(form, text) for form in ("NFC", "NFD"))
    assert Reading(composed).forms == Reading(parted).forms


def seconds(query: str) -> float:
    """How long it takes to be told whether `query` can be read."""
    began = time.process_time()
    try:
        check_cover(parse(query))
    except QueryError as error:
        assert 1 <= error.column <= len(query) + 1
        assert error.message
    return time.process_time() - began


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=4), max_size=40))
def test_the_parser_reads_or_refuses_whatever_is_typed(pieces: list[str]) -> None:
    seconds(" ".join(pieces))
    seconds("".join(pieces))


@pytest.mark.parametrize(
    "piece",
LONG,
)  # fmt: skip
def test_64_kilobytes_are_read_or_refused_within_a_tenth_of_a_second(piece: str) -> None:
    query = (piece * KIBIBYTES_64)[:KIBIBYTES_64]
    best = min(seconds(query) for _ in range(3))
    assert best < 0.1
