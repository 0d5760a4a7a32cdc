"""Has the team said just this to somebody else in the last thirty days?"""

from __future__ import annotations

from collections.abc import Iterator

from harken.domain.replies.checks.port import Check, Finding, Reading, Severity

ALIKE = 0.85


def look(reading: Reading) -> Iterator[Finding]:
    """The earlier replies that this one repeats, nearest first."""
    alike = [each for each in reading.earlier if each.similarity >= ALIKE]
    if alike:
        first, more = alike[0], len(alike) - 1
        others = f", and {more} more like it" if more else ""
        yield Finding(
            f"{round(first.similarity * 100)} % the same as {first.author} on "
            f"{first.sent_at:%d %B}{others}.",
            "Say one thing that only this customer would hear.",
        )


CHECK = Check(
    key="copy",
    label="Copy",
    about="No customer reads what another one was told, word for word.",
    severity=Severity.WARN,
    look=look,
)
