"""Does it say what the brand never says, or what needs a second look?"""

from __future__ import annotations

from collections.abc import Iterator

from harken.domain.replies.checks.port import Check, Finding, Reading, Severity


def look(reading: Reading) -> Iterator[Finding]:
    """A finding for each line of the list that is in the text."""
    for pattern in reading.patterns:
        if pattern.is_forbidden:
            why = f"{reading.brand or 'The brand'} does not say “{pattern.label}”."
            yield Finding(why, "Say it in other words.", pattern.places)


CHECK = Check(
    key="forbidden",
    label="Forbidden words",
    about="Words and patterns on the brand's list of forbidden ones.",
    severity=Severity.BLOCK,
    look=look,
)
