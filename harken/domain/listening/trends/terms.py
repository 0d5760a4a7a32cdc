"""What a post is about, as terms: words, neighbouring words, hashtags; for every script.

Scripts written without spaces (Chinese, Japanese, Thai, Lao, Khmer, Burmese) are cut into pairs of
letters, which is what full-text search does with them too. Handles and links are no terms: who is
called and what is linked is counted elsewhere.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

LONGEST = 4000  # characters of a post that are looked at
_SKIPPED = re.compile(r"https?://\S+|(?:\brt\W{0,2})?(?<!\w)@[\w.:-]+")
_WORD = re.compile(r"#?[^\W_]+(?:['’][^\W_]+)*")
_UNSPACED = re.compile(
    "[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]+"
)


def plain(text: str) -> str:
    """Small letters in composed form, without links, handles and the "RT" before a handle."""
    short = unicodedata.normalize("NFC", text[:LONGEST]).casefold()
    return _SKIPPED.sub(" ", short)


def words(text: str) -> list[str]:
    """The words in their order; hashtags keep their mark."""
    found: list[str] = []
    for word in _WORD.findall(plain(text)):
        if word.startswith("#") or not _UNSPACED.search(word):
            found.append(word.replace("’", "'"))
        else:
            found += _pairs(word)
    return found


def _pairs(word: str) -> list[str]:
    """A run of letters without spaces as overlapping pairs; what stands around it stays whole."""
    found: list[str] = []
    at = 0
    for run in _UNSPACED.finditer(word):
        found += [word[at : run.start()]] if run.start() > at else []
        letters = run.group()
        found += [letters[each : each + 2] for each in range(len(letters) - 1)] or [letters]
        at = run.end()
    return found + ([word[at:]] if at < len(word) else [])


def terms(text: str) -> frozenset[str]:
    """Words, hashtags and pairs of neighbouring words, each once."""
    row = words(text)
    single = {word for word in row if word.startswith("#") or not word.isdigit()}
    pairs = pairwise(row)
    return frozenset(single | {f"{one} {two}" for one, two in pairs})
