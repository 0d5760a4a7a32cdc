"""Do the links work, are they ours, and does one see where they lead?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from harken.domain.replies.checks.port import Check, Finding, Reading, Severity
from harken.domain.replies.checks.words import LINK

_SHORT = frozenset(
    [
        "bit.ly",
        "t.co",
        "tinyurl.com",
        "goo.gl",
        "ow.ly",
        "is.gd",
        "buff.ly",
        "rebrand.ly",
        "cutt.ly",
        "t.ly",
        "lnkd.in",
    ]
)
_AT_END = ".,;:!?)]}»”'\""


def urls(text: str) -> list[tuple[str, int, int]]:
    """The links of a text with their places, without the marks that end a sentence."""
    found = []
    for match in LINK.finditer(text):
        url = match[0].rstrip(_AT_END)
        found.append((url, match.start(), match.start() + len(url)))
    return found


def look(reading: Reading) -> Iterator[Finding]:
    """One finding a link: dead, not readable, or not on a page of ours."""
    for url, start, end in urls(reading.text):
        said = _said(reading, url)
        state = reading.links.get(url)
        if said:
            yield Finding(*said, ((start, end),))
        elif state is not None and state.alive is None:
            why = f"Nobody can tell yet whether {url} works: {state.detail}."
            yield Finding(why, "Open it once yourself.", ((start, end),), is_minor=True)


def _said(reading: Reading, url: str) -> tuple[str, str] | None:
    if reading.portal and url.startswith(reading.portal):
        return None
    host = (urlsplit(url if "://" in url else f"https://{url}").hostname or "").removeprefix("www.")
    state = reading.links.get(url)
    if state is not None and state.alive is False:
        return f"The link does not work: {state.detail or 'no answer'}.", "Mend it or take it out."
    if host in _SHORT:
        return "Nobody sees where a shortened link leads.", "Write the whole address."
    if not host.isascii() or host.startswith("xn--") or ".xn--" in host:
        return "The address has letters that can be mistaken.", "Type it by hand."
    if re.match(r"http://", url, re.IGNORECASE):
        return "The link is not protected (http).", "Use the https address."
    if not any(host == own or host.endswith(f".{own}") for own in reading.ours):
        return f"{host} is not a page of ours.", "Link to our own page, or say whose it is."
    return None


CHECK = Check(
    key="links",
    label="Links",
    about="Links work, are ours, and show where they lead.",
    severity=Severity.WARN,
    look=look,
)
