"""Does it leave from the right account, as the right person?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from harken.domain.replies.checks.port import Check, Finding, Reading, Severity
from harken.domain.replies.checks.words import folded

_SIGNED = re.compile(r"(?:^|\s)[/^~–—-]\s?(?P<name>[A-ZÀ-ÖØ-Þ][\w'’.\-]{0,20})\W*$")


def look(reading: Reading) -> Iterator[Finding]:
    """Another brand or account of the house named as ours, or somebody else's signature."""
    places = []
    for other in (*reading.other_brands, *(f"@{handle}" for handle in reading.other_handles)):
        shape = rf"(?<![\w@]){re.escape(other)}(?!\w)"
        if folded(other) not in folded(reading.question):
            places += [m.span() for m in re.finditer(shape, reading.text, re.IGNORECASE)]
    if places:
        yield Finding(
            f"It names another brand of the house, and leaves as {reading.brand or 'this one'}.",
            "Look at the account above the text; answer from the other one if that was meant.",
            tuple(sorted(places)),
        )
    signed = _SIGNED.search(reading.text)
    own = folded(reading.signature).strip("/^~–—- ")
    if signed and own and folded(signed["name"]).strip(".") != own:
        yield Finding(
            f"It is signed “{signed['name']}”, and you sign {reading.signature}.",
            "Sign it with your own name.",
            (signed.span("name"),),
        )


CHECK = Check(
    key="account",
    label="Account and signature",
    about="It leaves from the brand it speaks for, signed by who sends it.",
    severity=Severity.WARN,
    look=look,
)
