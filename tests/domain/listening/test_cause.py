"""Why a storm is one: repeated posts, rising words and topics, people, and the mood."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from math import log
from typing import Any

import pytest

from benchmarks.invented_weeks import MONDAY
from harken.domain.listening.trends.cause import Mood, Swing, cause, voices
from harken.domain.listening.trends.echoes import Echoes
from harken.domain.listening.trends.post import Post
from harken.domain.listening.trends.rising import CLEARLY, Vocabulary, ratio, rising, topics
from harken.domain.listening.trends.terms import terms, words

NOON = MONDAY + timedelta(days=9, hours=12)
USUAL = ("my parcel is late", "thank you acorn", "is the shop open", "love my acorn lamp")


def post(number: int, text: str, at: datetime = NOON, **more: Any) -> Post:
    values = {"author": f"person{number}"} | more
    return Post(id=f"p{number}", at=at + timedelta(seconds=number), text=text, **values)


def usual() -> Vocabulary:
    vocabulary = Vocabulary()
    for number in range(400):
        vocabulary.learn(terms(f"@acorn {USUAL[number % 4]}"))
    return vocabulary


def recall(number: int, **more: Any) -> Post:
    texts = ("lamp on fire #lampgate", "my lamp on fire, great", "#lampgate lamp on fire again")
    return post(number, f"@acorn {texts[number % 3]} {number}", **more)


def test_the_measure_is_dunnings() -> None:
    # 10 of 20 now, 5 of 100 before: expected by 15 of 120 are 2.5 and 17.5, 12.5 and 87.5.
    by_hand = 10 * log(10 / 2.5) + 10 * log(10 / 17.5) + 5 * log(5 / 12.5) + 95 * log(95 / 87.5)
    assert ratio(10, 20, 5, 100) == pytest.approx(2 * by_hand)
    assert ratio(5, 100, 10, 20) == 0  # falls
    assert ratio(10, 20, 50, 100) == 0  # the same
    assert ratio(3, 3, 0, 0) == 0  # nothing to compare with


def test_what_is_new_rises_and_the_brands_own_name_does_not() -> None:
    posts = [recall(n) for n in range(12)] + [
        post(n, f"acorn {USUAL[n % 4]}") for n in range(12, 30)
    ]
    found = rising(posts, usual())
    names = [each.term for each in found]
    assert any("fire" in name for name in names)
    assert "#lampgate" in names
    assert "acorn" not in names
    assert all(each.is_new and each.strength >= CLEARLY for each in found)


def test_one_person_posting_all_day_is_no_trend() -> None:
    posts = [recall(n, author="loud") for n in range(12)]
    posts += [post(n, f"@acorn {USUAL[n % 4]}") for n in range(12, 32)]
    assert rising(posts, usual()) == []


def test_nothing_rises_while_nothing_was_heard_before() -> None:
    assert rising([recall(n) for n in range(12)], Vocabulary()) == []


def test_a_usual_hour_has_nothing_rising() -> None:
    dice = random.Random(3)
    posts = [post(n, f"@acorn {dice.choice(USUAL)}") for n in range(60)]
    assert rising(posts, usual()) == []


def test_words_of_one_story_are_one_topic_and_of_two_stories_two() -> None:
    posts = [recall(n) for n in range(12)]
    posts += [post(n, f"strike at the acorn works {n}") for n in range(12, 24)]
    found = topics(rising(posts, usual()))
    assert len(found) == 2
    assert [len(each.posts) for each in found] == [12, 12]


def test_a_vocabulary_forgets_and_stays_bounded() -> None:
    vocabulary = usual()
    before = vocabulary.counts["parcel"]
    vocabulary.forget(0.5)
    assert vocabulary.counts["parcel"] == before / 2
    for number in range(3000):
        vocabulary.learn(f"word{number}x{n}" for n in range(20))
    assert len(vocabulary.counts) <= 40_000
    assert "parcel" in vocabulary.counts


def test_every_script_has_words() -> None:
    assert words("RT @acorn: Größe #Lampe https://a.example/x don’t") == [
        "grösse",
        "#lampe",
        "don't",
    ]
    assert words("灯が燃えた") == ["灯が", "が燃", "燃え", "えた"]
    assert words("ไฟไหม้")
    assert words("Лампа горит") == ["лампа", "горит"]


def test_the_fifth_person_makes_a_text_spread() -> None:
    echoes = Echoes()
    text = "our lamps are lit, our lamps are legit"
    variants = (text, f"RT @acorn: {text}", f"what is this {text}", f"{text} https://a.example/1")
    heard = [echoes.hear(post(n, variants[n % 4])) for n in range(7)]
    assert {id(each) for each in heard} == {id(heard[0])}
    echoes = Echoes()
    spread = []
    for n in range(7):
        found = echoes.hear(post(n, variants[n % 4]))
        spread.append(found is not None and found.just_spread)
    assert spread == [False] * 4 + [True] + [False] * 2


def test_one_person_repeating_themselves_does_not_spread() -> None:
    echoes = Echoes()
    found = [echoes.hear(post(n, "buy my lamps at half price", author="seller")) for n in range(9)]
    assert found[-1]
    assert (found[-1].posts, found[-1].people, found[-1].spreading) == (9, 1, False)


def test_an_echo_of_yesterday_is_a_new_one() -> None:
    echoes = Echoes()
    first = echoes.hear(post(1, "our lamps are lit again"))
    later = echoes.hear(post(2, "our lamps are lit again", NOON + timedelta(hours=2)))
    assert first is not later
    assert echoes.hear(post(3, "thank you")) is None


def test_where_texts_are_repeated_every_day_more_people_are_needed() -> None:
    echoes = Echoes()
    for day in range(8):
        at = NOON + timedelta(days=day)
        for n in range(20):
            echoes.hear(post(n, f"win lamp number{day} by sharing number{day} now", at))
        echoes.end(timedelta(days=1))
    assert echoes.bar == 40


def test_a_cause_names_posts_topics_people_and_the_turn() -> None:
    loud = recall(0, author="lamp_news", reach=90_000, sentiment="negative")
    posts = [loud, *(recall(n, sentiment="negative") for n in range(1, 24))]
    posts += [post(n, f"acorn {USUAL[n % 4]}", sentiment="neutral") for n in range(24, 40)]
    found = cause(posts, usual(), Mood(400, 60))
    assert found.leading[0].people >= 8
    assert "lamp on fire" in found.leading[0].post.text
    assert found.hashtags == ("#lampgate",)
    assert found.voices[0].author == "lamp_news"
    assert found.swing.worse
    assert not found.swing.better


def test_a_few_posts_do_not_turn_the_mood() -> None:
    assert not Swing(Mood(10, 1), Mood(5, 2)).worse
    assert Swing(Mood(200, 20), Mood(50, 25)).worse
    assert Swing(Mood(200, 150), Mood(50, 10)).better
    assert Mood().share == 0


def test_who_speaks_is_counted_once_each() -> None:
    posts = [post(n, "x", author=f"a{n % 3}", reach=n) for n in range(9)]
    assert [(each.author, each.posts, each.reach) for each in voices(posts)] == [
        ("a2", 3, 8),
        ("a1", 3, 7),
        ("a0", 3, 6),
    ]
