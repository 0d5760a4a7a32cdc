"""Bank accounts: IBAN by ISO 13616 (country lengths and the mod-97 check of ISO 7064)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from harken.domain.replies.personal_data.piece import Kind, Piece

_START = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2}\d{2}(?=[ .\-\u00a0]?[A-Za-z0-9])")
# Characters of an IBAN in each country of the registry that may reach us in Europe and beside it.
LENGTHS = {
    **dict.fromkeys(("NO",), 15),
    **dict.fromkeys(("BE",), 16),
    **dict.fromkeys(("DK", "FI", "NL", "FO", "GL"), 18),
    **dict.fromkeys(("MK", "SI"), 19),
    **dict.fromkeys(("AT", "BA", "EE", "LT", "LU", "XK", "KZ"), 20),
    **dict.fromkeys(("CH", "HR", "LI", "LV"), 21),
    **dict.fromkeys(("BG", "DE", "GB", "GE", "IE", "ME", "RS", "BH"), 22),
    **dict.fromkeys(("GI", "IL", "AE"), 23),
    **dict.fromkeys(("AD", "CZ", "ES", "MD", "RO", "SA", "SE", "SK", "TN", "VG"), 24),
    **dict.fromkeys(("PT",), 25),
    **dict.fromkeys(("IS", "TR"), 26),
    **dict.fromkeys(("FR", "GR", "IT", "MC", "SM"), 27),
    **dict.fromkeys(("AL", "AZ", "CY", "DO", "HU", "LB", "PL"), 28),
    **dict.fromkeys(("MT",), 31),
}
_GAP = " .-\u00a0"


def accounts(text: str) -> Iterator[Piece]:
    """IBANs whose length and check digits are right."""
    for found in _START.finditer(text):
        wanted = LENGTHS.get(found[0][:2].upper())
        end = _end_of(text, found.start(), wanted) if wanted else None
        if end is not None and _checks(text[found.start() : end]):
            yield Piece(found.start(), end, Kind.IBAN)


def _end_of(text: str, start: int, wanted: int) -> int | None:
    """Where `wanted` letters and digits end; None when they are too few or go on."""
    seen, gap, at = 0, False, start
    while at < len(text) and seen < wanted:
        letter = text[at]
        if letter.isascii() and letter.isalnum():
            seen, gap = seen + 1, False
        elif letter in _GAP and not gap:
            gap = True
        else:
            return None
        at += 1
    goes_on = at < len(text) and text[at].isalnum()
    return at if seen == wanted and not goes_on else None


def _checks(iban: str) -> bool:
    bare = "".join(letter for letter in iban.upper() if letter.isalnum())
    moved = bare[4:] + bare[:4]
    return int("".join(str(int(letter, 36)) for letter in moved)) % 97 == 1
