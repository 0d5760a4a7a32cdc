"""Words that say nothing, language by language, as the database's own full-text search knows them.

PostgreSQL ships the lists of the Snowball project (postgresql.org/docs, 12.6): `ts_lexize` answers
with an empty array for a stop word, and every installation has one and the same.
"""

from __future__ import annotations

from collections.abc import Collection

from django.conf import settings
from django.db import connection

from harken.domain.listening.trends.stops import Stops
from harken.domain.triage.model.language import LanguageDetector

#: The dictionaries that have a list, by language.
LISTS = {
    "da": "danish_stem",
    "de": "german_stem",
    "en": "english_stem",
    "es": "spanish_stem",
    "fi": "finnish_stem",
    "fr": "french_stem",
    "hu": "hungarian_stem",
    "it": "italian_stem",
    "nb": "norwegian_stem",
    "nl": "dutch_stem",
    "nn": "norwegian_stem",
    "no": "norwegian_stem",
    "pt": "portuguese_stem",
    "ru": "russian_stem",
    "sv": "swedish_stem",
    "tr": "turkish_stem",
}
EMPTY = "SELECT word FROM unnest(%s::text[]) word WHERE ts_lexize(%s::regdictionary, word) = '{}'"


def stop_words(language: str, words: Collection[str]) -> frozenset[str]:
    """Those of `words` (small letters) that say nothing in `language` (ISO 639-1)."""
    listed = LISTS.get(language)
    if listed is None or not words:
        return frozenset()
    with connection.cursor() as cursor:
        cursor.execute(EMPTY, [sorted(words), f"pg_catalog.{listed}"])
        return frozenset(word for (word,) in cursor.fetchall())


def language_of(text: str, label: str) -> str:
    """What a text is written in. It says so better than its label, which an app as often as not
    put there."""
    return LanguageDetector(settings.TRIAGE_LANGUAGES).detect(text, label)


STOPS = Stops(language_of, stop_words)
