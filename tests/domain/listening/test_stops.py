"""What says nothing neither rises nor is what a storm is about, in five languages and more."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

import pytest

from harken.domain.listening.queries_stops import LISTS, STOPS, language_of, stop_words
from harken.domain.listening.trends.cause import Mood, cause
from harken.domain.listening.trends.post import Post
from harken.domain.listening.trends.rising import Vocabulary, rising
from harken.domain.listening.trends.stops import Stops
from harken.domain.listening.trends.terms import terms
from harken.kit import clock

#: For each language: what a storm says, what it is about, and words of it that say nothing.
STORMS = {
    "en": (
        "Because of the strike we have been waiting at the airport for hours and it's not over",
        {"strike", "airport", "waiting", "hours"},
        {"the", "of", "we", "have", "been", "for", "and", "it's"},
    ),
    "de": (
        "Wegen des Streiks warten wir seit Stunden am Flughafen und es ist noch nicht vorbei",
        {"streiks", "flughafen", "stunden"},
        {"des", "wir", "und", "es", "ist", "nicht"},
    ),
    "nl": (
        "Door de staking wachten wij al uren op het vliegveld en het is nog niet voorbij",
        {"staking", "vliegveld", "uren"},
        {"de", "het", "op", "en", "is", "niet"},
    ),
    "fr": (
        "Avec cette grève nous attendons dans l'aéroport depuis des heures et c'est pas fini",
        {"grève", "l'aéroport", "heures"},
        {"nous", "dans", "des", "et", "c'est", "pas"},
    ),
    "es": (
        "Por la huelga estamos esperando en el aeropuerto desde hace horas y no ha terminado",
        {"huelga", "aeropuerto", "horas"},
        {"por", "la", "en", "el", "y", "no"},
    ),
}


def storm(text: str, lang: str = "") -> list[Post]:
    """Twelve people say it, a minute apart."""
    began = clock.now() - timedelta(hours=1)
    return [
        Post(f"p{n}", began + n * timedelta(minutes=1), f"person {n}", text, lang=lang)
        for n in range(12)
    ]


def before() -> Vocabulary:
    """What was said before: names and little more."""
    usual = Vocabulary()
    for n in range(300):
        usual.learn(terms(f"meridian flight {n}"))
    return usual


def said(found: list[str]) -> set[str]:
    return {word for term in found for word in term.split()}


@pytest.mark.parametrize("language", STORMS)
def test_no_stop_word_rises(db, language: str):
    text, about, empty = STORMS[language]
    posts = storm(text)
    without_lists = said([each.term for each in rising(posts, before(), 200)])
    assert without_lists & empty  # they do rise, where nobody leaves them out
    # One of those that are said together stands for the others: so each is looked at alone.
    alone = storm(text) + [
        Post(f"{word}{n}", posts[0].at, f"{word} {n}", f"{text} {word}")
        for word in about
        for n in range(12)
    ]
    found = said([each.term for each in rising(alone, before(), 200, STOPS)])
    assert not found & empty
    assert found & about


@pytest.mark.parametrize("language", STORMS)
def test_no_storm_is_about_a_stop_word(db, language: str):
    text, _, empty = STORMS[language]
    found = cause(storm(text), before(), Mood(), STOPS)
    words = said([rising.term for topic in found.topics for rising in topic.terms])
    assert words
    assert not words & empty


def test_a_word_counts_in_the_language_it_is_said_in(db):
    posts = storm("Will this old battery die again before they send us a new one")
    assert "die" in said([each.term for each in rising(posts, before(), 200, only({"die"}))])
    german = storm("Die Batterie ist schon wieder leer und niemand schickt uns eine neue")
    assert "die" not in said([each.term for each in rising(german, before(), 200, only({"die"}))])


def only(words: set[str]) -> Stops:
    """Of German `words` say nothing; in English everything but these says nothing."""

    def stops(language: str, asked: Collection[str]) -> Collection[str]:
        return set(asked) & words if language == "de" else set(asked) - words

    return Stops(language_of, stops)


def test_a_short_post_is_read_in_the_language_it_is_labelled_with(db):
    assert rising(storm("und", "de-AT"), before(), 9, STOPS) == []
    assert [each.term for each in rising(storm("und"), before(), 9, STOPS)] == ["und"]


def test_hashtags_and_words_of_unlisted_languages_stay(db):
    found = rising(storm("#the", "en"), before(), 9, STOPS)
    assert [each.term for each in found] == ["#the"]
    assert stop_words("xx", {"the"}) == frozenset()
    assert stop_words("en", set()) == frozenset()


def test_every_list_is_there(db):
    usual = {"de", "en", "és", "e", "og", "ja", "и", "och", "ve", "und", "y", "et", "the"}
    assert {language for language in LISTS if not stop_words(language, usual)} == set()
