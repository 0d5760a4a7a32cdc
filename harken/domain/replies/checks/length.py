"""Does it fit, and does it say enough?"""

from __future__ import annotations

from collections.abc import Iterator

from harken.domain.replies.checks.port import Check, Finding, Reading, Severity
from harken.domain.replies.checks.words import LINK, words

FEW = 3  # words, besides name and signature
MANY_LINKS = 2
LINK_SHARE = 0.5  # of the text


def look(reading: Reading) -> Iterator[Finding]:
    """Too long for the network, too short for a person, or more links than words."""
    if reading.limit and reading.used > reading.limit:
        over = reading.used - reading.limit
        yield Finding(f"It is {over} {reading.unit} too long for this network.", "Shorten it.")
    text = reading.text.removesuffix(reading.signature).strip()
    said = [word for word in words(text) if word not in words(reading.name_to_use)]
    if len(said) < FEW and reading.asked:
        yield Finding("It is very short for an answer.", "Say at least what happens next.")
    links = [found.span() for found in LINK.finditer(text)]
    weight = sum(end - start for start, end in links)
    if len(links) > MANY_LINKS:
        yield Finding(f"It has {len(links)} links.", "Choose the one that helps.", tuple(links))
    elif links and weight > LINK_SHARE * len(text):
        yield Finding("It is mostly a link.", "Say in a sentence what is behind it.", tuple(links))


CHECK = Check(
    key="length",
    label="Length and links",
    about="It fits the network, says something, and is not a list of links.",
    severity=Severity.WARN,
    look=look,
)
