"""Does the answer show anybody's personal data in public?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from harken.domain.replies.checks.port import Check, Finding, Reading, Severity
from harken.domain.replies.personal_data.finder import find


def look(reading: Reading) -> Iterator[Finding]:
    """One finding a kind, with all its places."""
    if not reading.public:
        return
    pieces = find(_without_our_links(reading), ours=reading.ours)
    for kind in dict.fromkeys(piece.kind for piece in pieces):
        yield Finding(
            f"Everybody would read {kind.said}.",
            "Take it out, and go on in private where it is needed.",
            tuple((piece.start, piece.end) for piece in pieces if piece.kind == kind),
        )


def _without_our_links(reading: Reading) -> str:
    """The text with blanks for links to private talks: chance letters look like a code."""
    if not reading.portal:
        return reading.text
    link = re.escape(reading.portal) + r"\S*"
    return re.sub(link, lambda found: " " * len(found[0]), reading.text)


CHECK = Check(
    key="personal",
    label="Personal data",
    about="Cards, accounts, phones, addresses, codes and the like never stand in public.",
    severity=Severity.BLOCK,
    look=look,
)
