"""Which language a post is written in; a very short one is not guessed at."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import Any

UNDETERMINED = ""
FEWEST_LETTERS = 12  # below it every detector is wrong too often, and sure of it
# Names, links and tags say nothing about the language, and "RT" is not a word.
NOISE = re.compile(r"https?://\S+|[@#]\w+|\bRT\b|\bhttp\b")
LETTER = re.compile(r"[^\W\d_]")


class LanguageDetector:
    """Tells the language among those an installation hears; loads its tables at first use."""

    def __init__(self, languages: Iterable[str]) -> None:
        self.languages = tuple(sorted(languages))

    def detect(self, text: str, otherwise: str = UNDETERMINED) -> str:
        """The ISO 639-1 code of the text's language.

        `otherwise` is the answer for a post too short to tell: the author's or thread's language.
        """
        bare = NOISE.sub(" ", text)
        if len(LETTER.findall(bare)) < FEWEST_LETTERS:
            return otherwise
        language, _ = _identifier(self.languages).classify(bare[:1000])
        return str(language)


@cache
def _identifier(languages: tuple[str, ...]) -> Any:
    from py3langid import langid

    identifier = langid.LanguageIdentifier.from_model_file(langid.MODEL_FILE)
    identifier.set_languages(languages)
    return identifier
