"""Is the customer called by name, and is it their name?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher

from harken.domain.replies.checks.port import Check, Finding, Reading, Severity
from harken.domain.replies.checks.words import GREETING, NAMELESS, WORD, folded

_CALLED = re.compile(
    rf"(?:^|[.!?,\n]\s*)(?:{GREETING})[ ,]+(?P<name>[^\W\d_][\w'’\-]+)(?=[ ,.!?:;)\n]|$)",
    re.IGNORECASE,
)
_ALIKE = 0.75  # a name this near to the customer's is a misspelling of it


def look(reading: Reading) -> Iterator[Finding]:
    """A wrong or misspelled name after a greeting; else no name at all."""
    name = reading.name_to_use.strip()
    theirs = {folded(part) for part in WORD.findall(f"{name} {reading.display_name}")}
    theirs |= {folded(part) for part in re.split(r"[\W_\d]+", reading.handle) if len(part) > 2}
    spoken = {folded(part) for part in WORD.findall(reading.text)}
    is_called = bool(spoken & {folded(part) for part in WORD.findall(name)})
    wrong = [
        found
        for found in _CALLED.finditer(reading.text)
        # Who is called by name may read somebody else's further on: “Thanks Ben for the photo”.
        if _is_wrong(found["name"], theirs) and not (is_called and found.start())
    ]
    for found in wrong:
        yield _wrong(found, name)
    if name and not wrong and not is_called:
        yield Finding(f"{name} is not called by name.", f"Write to {name}: one word is enough.")


def _is_wrong(called: str, theirs: set[str]) -> bool:
    plain = folded(called)
    if not theirs or plain in theirs or plain in NAMELESS:
        return False
    near = any(SequenceMatcher(None, plain, own).ratio() >= _ALIKE for own in theirs)
    return near or called[0].isupper()


def _wrong(found: re.Match[str], name: str) -> Finding:
    called = found["name"]
    return Finding(
        f"“{called}” is not the name of this customer" + (f" ({name})." if name else "."),
        f"Write {name}." if name else "Leave the name out or look it up.",
        (found.span("name"),),
    )


CHECK = Check(
    key="name",
    label="Name",
    about="The customer is called by name, and by the right one.",
    severity=Severity.WARN,
    look=look,
)
