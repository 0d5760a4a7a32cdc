"""Text as monitors compare it: one case, no diacritics, one way to write each character.

`*` and `?` never survive as wildcards here: a query is parted from its wildcards before.
"""

from __future__ import annotations

import re
import unicodedata

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
_ASCII = bytes(range(128))
_UTF8 = ("utf-8", "surrogatepass")
FEW = 8  # characters beyond ASCII; of more of them a text is folded as a whole


def without_addresses(text: str) -> str:
    """`text` without addresses of pages: their words are nobody's words (`site:` asks for them)."""
    return _ADDRESS.sub(" ", text) if "://" in text else text


def fold(text: str) -> str:
    """`text` as it is compared; folding twice changes nothing more."""
    return lowered(but_for_case(text))


def lowered(text: str) -> str:
    """`text` with the letters of ASCII small and all others as they are."""
    if text.isascii():
        return text.lower()
    return text.encode(*_UTF8).lower().decode(*_UTF8)


def but_for_case(text: str) -> str:
    """`text` folded, but for capitals of ASCII: `lowered` does the rest, for many texts at once.

    A few signs beyond ASCII are folded each for itself where that is all there is to it. Else what
    lies between the first and the last of them is folded as a whole, and ASCII around it apart: no
    mark that stays joins an ASCII letter.
    """
    if text.isascii():
        return text
    raw = text.encode(*_UTF8)
    if len(raw) - len(text) <= 3 * FEW:
        beyond = raw.translate(None, _ASCII).decode(*_UTF8)
        apart = _each_apart(text, beyond) if len(beyond) <= FEW else None
        if apart is not None:
            return apart
    found = _BEYOND.search(text)
    start, end = found.span() if found else (0, 0)
    return f"{text[:start]}{_folded(text[start:end])}{text[end:]}"


def _each_apart(text: str, beyond: str) -> str | None:
    """`text` with each of `beyond` folded for itself; None where one cannot be."""
    for character in beyond:
        folded = _alone[character]
        if folded is None:
            return None
        if folded != character:
            text = text.replace(character, folded)
    return text


class _Alone(dict[str, str | None]):
    """What a character is folded to whatever stands around it; None for one that may depend on it.

    What becomes ASCII, or nothing, is joined by nothing. Nor are signs, points and blanks that stay
    as they are.
    """

    def __missing__(self, character: str) -> str | None:
        folded = _folded(character)
        stays = folded == character and unicodedata.category(character)[0] in "SPZ"
        found = self[character] = folded if folded.isascii() or stays else None
        return found


_alone = _Alone()


def _folded(text: str) -> str:
    if "™" in text or "℠" in text:  # they would become letters of the name before them
        text = text.replace("™", " ").replace("℠", " ")
    text = unicodedata.normalize("NFKD", text)
    text = _CHANGED.sub(_changed, text).casefold()
    return text if text.isascii() else unicodedata.normalize("NFKC", text)


def _changed(found: re.Match[str]) -> str:
    return STROKES.get(found[0], "")
