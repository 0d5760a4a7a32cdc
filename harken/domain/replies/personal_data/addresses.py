"""Home addresses: a street with a number, alone or with a postcode; a full postcode with a number.

Written for Dutch, Belgian, German, Austrian, French, Spanish, British and American habits. A street
name alone is no address, and neither is a company's own (the caller tells which those are).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from harken.domain.replies.personal_data.piece import Kind, Piece

_CAP = r"[A-ZÀ-ÖØ-Þ][\w'’.\-]*"
_HOUSE = r"\d{1,4}(?:[ -]?[a-zA-Z]\b|[/-]\d{1,3}|\s?(?:bis|ter|hs|bus \d{1,3}))?"
_MEASURES = r"(?! ?(?:km|m|cm|kg|g|min\w*|h|uur|uhr|€|%|euro?s?)\b)"
_NO_YEAR = r"(?!(?:19|20)\d{2}\b)"
# The street's kind grown onto its name (Dutch, German): Kerkstraat 12, Lindenweg 3 b.
_GROWN = (
    r"[A-ZÀ-ÖØ-Þ][\w'’\-]*(?:straat|laan|weg|plein|gracht|kade|dreef|singel|hof|steeg|dijk|markt|"
    r"pad|straße|strasse|str\.|gasse|allee|platz|ring|ufer|damm|steig|chaussee)"
)
# Apart (Dutch and German with a space, too): Lange Straat 4, Am Alten Markt 9.
_APART = (
    rf"(?:{_CAP} ){{1,3}}"
    r"(?:Straat|Laan|Weg|Plein|Markt|Straße|Strasse|Allee|Platz|Ring|Gasse|Gracht|Ufer|Damm)"
)
# A name: up to four words with a capital, small ones between them, or one small word.
_JOINT = (
    r"(?:de la |de los |de las |de l['’]|del |des |du |de |d['’]|la |las |los |le |les |el |l['’]"
    r"|aux? |y )"
)
_NAME = rf"{_JOINT}{{0,2}}(?:{_CAP}(?: {_JOINT}{{0,2}}{_CAP}){{0,3}}|[a-zà-ÿ'’\-]{{3,}})"
_FRENCH = (
    r"(?:[Rr]ue|[Aa]venue|[Aa]v\.|[Bb]oulevard|[Bb]d|[Pp]lace|[Cc]hemin|[Ii]mpasse|[Aa]llée"
    r"|[Qq]uai|"
    rf"[Rr]oute|[Cc]ours) {_NAME}"
)
_SPANISH = (
    r"(?:[Cc]alle |[Cc]/ ?|[Aa]venida |[Aa]vda\.? |[Pp]laza |[Pp]aseo |[Cc]amino |[Rr]onda |"
    rf"[Tt]ravesía ){_NAME}"
)
_ENGLISH = (
    rf"{_CAP}(?: {_CAP}){{0,2}} "
    r"(?:[Ss]treet|[Rr]oad|[Ll]ane|[Aa]venue|[Dd]rive|[Cc]lose|[Cc]ourt|[Cc]rescent|[Tt]errace|"
    r"[Ss]quare|[Gg]ardens|[Bb]oulevard|[Ww]ay|St|Rd|Ave|Ln|Dr|Blvd)\b"
)
_TOWN = rf"(?:,? {_CAP}(?:[ -]{_CAP}){{0,2}})?"
_CODE = r"(?:[1-9]\d{3} ?[A-Z]{2}\b|\d{4,5}\b|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b)"
_FLOOR = r"(?:[ ,]+\d{1,2}[º°.]?[A-Za-z]?)?"

_STREETS = tuple(
    re.compile(rf"(?<![\w@#]){shape}(?!\w)")
    for shape in (
        rf"(?:{_GROWN}|{_APART}) {_NO_YEAR}{_HOUSE}{_MEASURES}(?:,? (?:in )?{_CODE}{_TOWN})?",
        rf"{_HOUSE},? {_FRENCH}(?:,? ?\d{{5}}{_TOWN})?",
        rf"{_SPANISH},? (?:n[º°.]? ?)?\d{{1,3}}\b{_MEASURES}{_FLOOR}(?:,? ?\d{{5}}{_TOWN})?",
        rf"{_HOUSE} {_ENGLISH}(?:,? {_CAP}){{0,3}}(?:,? (?:[A-Z]{{2}} )?{_CODE})?",
    )
)
# A Dutch or British postcode names a few houses; with the number it is the door.
_DOOR = re.compile(
    r"(?<![\w@#])(?:[1-9]\d{3} ?[A-Z]{2}(?! ?(?:km|kg|eur)\b)[ ,]+"
    r"(?:nr\.? |nummer |huisnummer )?\d{1,4}\b|[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}\b)"
)


def addresses(text: str) -> Iterator[Piece]:
    """Stretches that lead to a door."""
    for shape in (*_STREETS, _DOOR):
        for found in shape.finditer(text):
            yield Piece(found.start(), found.end(), Kind.ADDRESS)
