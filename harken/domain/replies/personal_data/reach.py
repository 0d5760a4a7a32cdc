"""How to reach a person: e-mail addresses, and phone numbers as `phonenumbers` knows them."""

from __future__ import annotations

import re
from collections.abc import Iterator

import phonenumbers

from harken.domain.replies.personal_data.piece import Kind, Piece

_EMAIL = re.compile(
    r"(?<![\w.+\-])[\w.+\-]{1,64}\s?(?:@|\(at\)"
    r"|\[at\])\s?(?:[\w\-]{1,63}\.){1,4}[a-z]{2,24}(?![\w@])",
    re.IGNORECASE,
)
# Words that make a short number a phone number; without one it needs the shape of one.
_CALL = re.compile(
    r"\b(?:tel|tél|phone|call|ring|mobile|cell|whatsapp|text|sms|number is|reach|bel|bellen|gsm|"
    r"mobiel|telefoon|nummer is|bereik|anrufen|handy|telefon|rückruf|nummer lautet|erreich|"
    r"appel\w*|portable|joindre|rappel\w*|numéro est|llam\w*|móvil|teléfono|telefono|número es)",
    re.IGNORECASE,
)
#: Whose national numbers are tried, with those that begin with a plus anywhere.
REGIONS = ("NL", "BE", "DE", "AT", "CH", "FR", "ES", "GB", "US")
_NEAR = 30  # characters before a number in which a calling word counts
# Begins as nobody writes an order number, or stands in the groups of a Spanish number.
_SHAPED = re.compile(
    r"^(?:\+|00|0|\(|[679]\d{2}([ \-])\d{3}\1\d{3}$|[89]\d{1,2}([ \-])\d{2,3}\2\d{2}\2\d{2}$)"
)
_LOOKS_DATED = re.compile(r"^\d{1,4}[-./ ]\d{1,2}[-./ ]\d{1,4}$")


def emails(text: str) -> Iterator[Piece]:
    """E-mail addresses, also written with (at)."""
    for found in _EMAIL.finditer(text):
        yield Piece(found.start(), found.end(), Kind.EMAIL)


def phones(text: str) -> Iterator[Piece]:
    """Numbers that can be dialled in one of `REGIONS`, or anywhere when they begin with a plus."""
    if sum(letter.isdigit() for letter in text) < 7:
        return
    seen: set[tuple[int, int]] = set()
    for region in REGIONS:
        for match in phonenumbers.PhoneNumberMatcher(text, region):
            place = (match.start, match.end)
            if place not in seen and _is_meant(text, match.start, match.raw_string):
                seen.add(place)
                yield Piece(match.start, match.end, Kind.PHONE)


def _is_meant(text: str, start: int, raw: str) -> bool:
    """Order numbers and prices can be dialled too; a phone number is written like one."""
    if _LOOKS_DATED.match(raw) or (start and text[start - 1] in "#€$£"):
        return False
    if _CALL.search(text, max(0, start - _NEAR), start):
        return True
    return bool(_SHAPED.match(raw)) and not raw.startswith("000")
