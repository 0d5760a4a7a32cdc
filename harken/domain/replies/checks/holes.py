"""Is every hole of a saved answer filled?"""

from __future__ import annotations

from collections.abc import Iterator

from harken.domain.knowledge.wording import HOLE
from harken.domain.replies.checks.port import Check, Finding, Reading, Severity


def look(reading: Reading) -> Iterator[Finding]:
    """One finding for all holes that are left."""
    left = list(HOLE.finditer(reading.text))
    if left:
        named = ", ".join(dict.fromkeys(f"“{found[1]}”" for found in left))
        yield Finding(
            f"A hole is still open: {named}.",
            "Write what this customer should read there, or take it out.",
            tuple(found.span() for found in left),
        )


CHECK = Check(
    key="holes",
    label="Open holes",
    about="Nothing of a saved answer is left to be filled in.",
    severity=Severity.BLOCK,
    look=look,
)
