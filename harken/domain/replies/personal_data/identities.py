"""National identity numbers that carry a check: so a long order number is not taken for one.

Dutch BSN (the 11-test), Belgian national number (mod 97), German tax id (ISO 7064 mod 11,10),
French NIR (mod 97), Spanish DNI and NIE (letter by mod 23), British National Insurance number
(prefix and suffix letters; it has no check digit).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from harken.domain.replies.personal_data.piece import Kind, Piece

_G = r"[ .\-/]?"  # what people put between groups


def _bsn(digits: str) -> bool:
    weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
    total = sum(int(d) * w for d, w in zip(digits, weights, strict=True))
    return total % 11 == 0 and digits != "000000000"


def _belgian(digits: str) -> bool:
    body, check = digits[:9], int(digits[9:])
    month, day = int(digits[2:4]), int(digits[4:6])
    if not (1 <= month % 20 <= 12 and 1 <= day <= 31):
        return False
    return check in (97 - int(body) % 97, 97 - int("2" + body) % 97)


def _german(digits: str) -> bool:
    if digits[0] == "0" or len(set(digits[:10])) not in (8, 9):
        return False
    product = 10
    for digit in digits[:10]:
        total = (int(digit) + product) % 10 or 10
        product = total * 2 % 11
    return (11 - product) % 10 == int(digits[10])


def _french(digits: str) -> bool:
    return int(digits[13:]) == 97 - int(digits[:13]) % 97


def _spanish(number: str) -> bool:
    body = number[:-1].replace("X", "0").replace("Y", "1").replace("Z", "2")
    return number[-1] == "TRWAGMYFPDXBNJZSQVHLCKE"[int(body) % 23]


def _british(number: str) -> bool:
    return number[:2] not in {"BG", "GB", "NK", "KN", "TN", "NT", "ZZ"}


_BSN_SAID = re.compile(r"\b(?:bsn|burger\s?service\s?nummer|sofi)", re.IGNORECASE)
_TAX_SAID = re.compile(r"\b(?:steuer|idnr|identifikationsnummer|tax)", re.IGNORECASE)
_NEAR = 40

# pattern, its check, and the word that must stand before it where plain numbers look alike
_NUMBERS: tuple[tuple[str, Callable[[str], bool], re.Pattern[str] | None], ...] = (
    (rf"\d{{4}}{_G}\d{{2}}{_G}\d{{3}}|\d{{3}}{_G}\d{{3}}{_G}\d{{3}}", _bsn, _BSN_SAID),
    (rf"\d{{2}}{_G}\d{{2}}{_G}\d{{2}}{_G}\d{{3}}{_G}\d{{2}}", _belgian, None),
    (rf"\d{{2}}{_G}\d{{3}}{_G}\d{{3}}{_G}\d{{3}}", _german, _TAX_SAID),
    (rf"[12]{_G}\d{{2}}{_G}\d{{2}}{_G}\d{{2}}{_G}\d{{3}}{_G}\d{{3}}{_G}\d{{2}}", _french, None),
    (rf"(?:\d{{8}}|[XYZxyz]{_G}\d{{7}}){_G}[A-Za-z]", _spanish, None),
    (rf"[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]{_G}\d\d{_G}\d\d{_G}\d\d{_G}[A-D]", _british, None),
)
_COMPILED = tuple(
    (re.compile(rf"(?<![\w#€$£.,-])(?:{shape})(?![\w-]|[.,]\d)"), check, said)
    for shape, check, said in _NUMBERS
)


def identities(text: str) -> Iterator[Piece]:
    """Numbers whose check digits are right."""
    for shape, check, said in _COMPILED:
        for found in shape.finditer(text):
            if said and not said.search(text, max(0, found.start() - _NEAR), found.start()):
                continue
            if check("".join(letter for letter in found[0].upper() if letter.isalnum())):
                yield Piece(found.start(), found.end(), Kind.IDENTITY)
