"""Text as monitors compare it: one case, no diacritics, one way to write each character.

`*` and `?` never survive as wildcards here: a query is parted from its wildcards before.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

#: Letters that Unicode keeps whole although people type them without their stroke.
STROKES = {
    "Ø": "O", "ø": "o", "Ł": "L", "ł": "l", "Đ": "D", "đ": "d", "Ð": "D", "ð": "d",
    "Ħ": "H", "ħ": "h", "ı": "i", "Æ": "AE", "æ": "ae", "Œ": "OE", "œ": "oe",
}  # fmt: skip
# Marks above and below Latin, Greek and Cyrillic letters, Arabic and Hebrew vowel points, the
# stretched Arabic line, what joins or paints an emoji, soft hyphens and joiners without width.
_DROPPED = (
    r"\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f\u064b-\u065f\u0670"
    r"\u0640\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\ufe0e\ufe0f\U0001f3fb-\U0001f3ff"
    r"\u00ad\u200c\u200d\u2060\ufeff"
)
_CHANGED = re.compile(f"[{_DROPPED}{''.join(STROKES)}]")
_ADDRESS = re.compile(r"https?://\S*", re.IGNORECASE)
# From the first sign beyond ASCII to the last.
_BEYOND = re.compile(r"[^\x00-\x7f](?:.*[^\x00-\x7f])?", re.DOTALL)
SHORT = 4  # characters; an emoji or one letter with its mark comes again and again


def without_addresses(text: str) -> str:
    """`text` without addresses of pages: their words are nobody's words (`site:` asks for them)."""
    return _ADDRESS.sub(" ", text) if "://" in text else text


def fold(text: str) -> str:
    """`text` as it is compared; folding twice changes nothing more.

    ASCII around what lies beyond it is folded apart: no mark that stays joins an ASCII letter.
    """
    beyond = None if text.isascii() else _BEYOND.search(text)
    if beyond is None:
        return text.lower()
    start, end = beyond.span()
    middle = beyond[0]
    folded = _folded_short(middle) if end - start <= SHORT else _folded(middle)
    return f"{text[:start].lower()}{folded}{text[end:].lower()}"


def _folded(text: str) -> str:
    if "™" in text or "℠" in text:  # they would become letters of the name before them
        text = text.replace("™", " ").replace("℠", " ")
    text = unicodedata.normalize("NFKD", text)
    text = _CHANGED.sub(_changed, text).casefold()
    return text if text.isascii() else unicodedata.normalize("NFKC", text)


_folded_short = lru_cache(maxsize=4_096)(_folded)


def _changed(found: re.Match[str]) -> str:
    return STROKES.get(found[0], "")
