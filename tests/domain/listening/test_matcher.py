"""The matcher as its users meet it: changes take effect, and wide monitors stay cheap."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest

from harken.domain.listening.language.parser import parse
from harken.domain.listening.language.reading import Reading
from harken.domain.listening.matcher.anchors import Anchor, cover, left_to_ask
from harken.domain.listening.matcher.frequencies import Frequencies
from harken.domain.listening.matcher.matcher import Matcher
from harken.kit.heard import Heard, decode


def heard(text: str, **more: object) -> Heard:
    plain = {"network": "loopback", "uri": "1", "author": "ann.example", "text": text}
    return msgspec.convert(plain | {"sent_at": datetime(2026, 3, 1, tzinfo=UTC)} | more, Heard)


def test_a_post_that_names_three_monitors_counts_for_each() -> None:
    matcher = Matcher({1: "skylark", 2: "#larkair", 3: "late NEAR/3 skylark", 4: "swift"})
    assert matcher.match(heard("Skylark is late, unlike #LarkAir")) == {1, 2, 3}


def test_posts_matched_together_are_judged_each_for_itself() -> None:
    matcher = Matcher({1: "skylark", 2: "lark", 3: '"late lark"', 4: "#air", 5: "東京", 6: "lärm"})
    said = {
        "sky": set(),
        "lark is late": {2},
        "lark\nlate": {2},
        "\nskylark\n": {1},
        "": set(),
        "éskylark skylarkж": set(),
        "👍skylark👍": {1},
        "#air": {4},
        "#airж #air_": set(),
        "在東京都": {5},
        "LÄRM, Late Lark!": {2, 3, 6},
        "late": set(),
    }
    posts = [heard(text) for text in said]
    assert matcher.match_all(posts) == list(said.values())
    assert [matcher.match(post) for post in posts] == list(said.values())
    assert matcher.match_all([]) == []


def test_a_changed_monitor_counts_from_the_next_build_on() -> None:
    matcher = Matcher({1: "skylark", 2: "skylark late"})
    matcher.put(1, "swift")
    assert matcher.match(heard("skylark")) == {1}
    matcher.build()
    assert matcher.match(heard("skylark")) == set()
    assert matcher.match(heard("swift, skylark is late")) == {1, 2}


def test_a_removed_monitor_hears_nothing() -> None:
    matcher = Matcher({1: "skylark", 2: "skylark OR swift"})
    matcher.remove(1)
    matcher.remove(7)
    matcher.build()
    assert matcher.match(heard("skylark")) == {2}


def test_a_monitor_of_an_author_or_a_site_needs_no_word() -> None:
    matcher = Matcher({1: "author:ann.example", 2: "site:news.example"})
    assert matcher.match(heard("anything")) == {1}
    there = heard("x", author="Ben.example", links=("https://a.news.example/b",))
    assert matcher.match(there) == {2}
    assert matcher.match(heard("see https://news.example:8080/x", author="b")) == {2}


def test_a_broken_address_is_no_site() -> None:
    assert not Matcher({1: "site:news.example"}).match(heard("http://[news.example/ !"))


def test_a_query_without_a_cover_is_refused() -> None:
    with pytest.raises(ValueError, match="no cover"):
        Matcher({1: "NOT hiring"})


def test_the_rarer_word_of_two_is_looked_for() -> None:
    seen = Frequencies()
    for number in range(200):
        seen.see(Reading("good morning everybody" + (" zebra" if number == 0 else "")))
    found = cover(parse("everybody zebra"), seen.weigh)
    assert found == frozenset([Anchor("word", "zebra")])


@pytest.mark.parametrize(
    ("query", "left"),
    [
        ("skylark", None),
        ("skylark OR late", None),
        ("skylark late", "late"),
        ("(skylark OR swift) lang:en NOT late", "lang:en NOT late"),
        ("skylark (late OR cancelled)", "late OR cancelled"),
        ("late NEAR/3 skylark", "late NEAR/3 skylark"),
        ('"skylark is late"', '"skylark is late"'),
    ],
)
def test_what_an_anchor_says_is_not_asked_again(query: str, left: str | None) -> None:
    found = left_to_ask(parse(query), Anchor("word", "skylark"))
    assert found == (parse(left) if left else None)


def test_anchors_chosen_anew_change_no_match() -> None:
    seen = Frequencies()
    matcher = Matcher({1: "everybody zebra", 2: "zebra"}, seen.weigh)
    for _ in range(200):
        seen.see(Reading("zebra crossing"))
    matcher.weigh_anew()
    matcher.build()
    assert matcher.match(heard("Everybody, a zebra!")) == {1, 2}
    assert matcher.match(heard("a zebra")) == {2}


def test_what_was_heard_survives_its_way_as_json() -> None:
    post = heard("👍 東京", links=("https://a.example/",), reach=5, pictures=2, lang="ja")
    assert decode(msgspec.json.encode(post)) == post


def test_a_record_without_a_text_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError):
        decode(b'{"network":"x","uri":"1","author":"a","sent_at":"2026-03-01T00:00:00Z"}')
