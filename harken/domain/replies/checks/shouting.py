"""Does it shout?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from harken.domain.replies.checks.port import Check, Finding, Reading, Severity
from harken.domain.replies.checks.words import bare

_CAPITALS = re.compile(r"\b[^\W\d_a-zß-öø-ÿ]{4,}\b")
_MARKS = re.compile(r"!{2,}|\?{3,}|(?:!\?|\?!){1,}[!?]*")
MANY = 2  # words in capitals


def look(reading: Reading) -> Iterator[Finding]:
    """Words in capitals that the customer did not write so first, and marks in a row."""
    text, theirs = bare(reading.text), reading.question
    loud = [found for found in _CAPITALS.finditer(text) if found[0] not in theirs]
    letters = [letter for letter in text if letter.isalpha()]
    if len(loud) >= MANY or (loud and len(loud[0][0]) * 2 > len(letters)):
        yield Finding(
            "Words in capitals read as shouting.",
            "Write them small.",
            tuple(found.span() for found in loud),
        )
    marks = tuple(found.span() for found in _MARKS.finditer(text))
    if marks:
        yield Finding("Marks in a row read as shouting.", "One mark is enough.", marks)


CHECK = Check(
    key="shouting",
    label="Shouting",
    about="Capitals and marks in a row.",
    severity=Severity.NOTE,
    look=look,
)
