"""Dates of birth: a word that says so, and a date behind it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from harken.domain.replies.personal_data.piece import Kind, Piece

_SAYS = (
    r"born(?: on)?|date of birth|birth ?date|birthday|dob|d\.o\.b\.?"
    r"|geboren(?: op| am)?|geboortedatum|geb\.?|geburtsdatum|geburtstag"
    r"|née?(?:\(e\))? le|date de naissance|anniversaire|nacid[oa] el|fecha de nacimiento|cumpleaños"
)
_MONTHS = [
    "jan",
    "febr?",
    "mar",
    "apr",
    "ma[iy]",
    "jun[ei]?",
    "jul[iy]?",
    "au[gû]",
    "sep[t]?",
    "o[ck]t",
    "nov",
    "de[cz]",
    "mrt",
    "maa",
    "mär",
    "mei",
    "juni",
    "juli",
    "janv",
    "févr",
    "avr",
    "juin",
    "juil",
    "août",
    "déc",
    "ene",
    "abr",
    "ago",
    "dic",
]
_MONTH = rf"(?:{'|'.join(_MONTHS)})[a-zéûä]*\.?"
_DATE = (
    r"(?:\d{1,2}[-./ ]\d{1,2}[-./ ](?:19|20)?\d{2}|(?:19|20)\d{2}[-./]\d{1,2}[-./]\d{1,2}"
    rf"|\d{{1,2}}(?:st|nd|rd|th|er|º|\.)?(?: de| of)? {_MONTH}(?: de| of|,)? ?(?:19|20)\d{{2}}"
    rf"|{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?,? (?:19|20)\d{{2}})"
)
_BIRTH = re.compile(
    rf"(?<!\w)(?:{_SAYS})\W{{0,4}}(?:is |ist |est |es )?(?P<date>{_DATE})", re.IGNORECASE
)


def births(text: str) -> Iterator[Piece]:
    """Dates that the words before them make a date of birth."""
    for found in _BIRTH.finditer(text):
        yield Piece(found.start("date"), found.end("date"), Kind.BIRTH)
