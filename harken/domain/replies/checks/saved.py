"""Is the saved answer it began from still true, and does it say the same as those in force?"""

from __future__ import annotations

from collections.abc import Iterator

from harken.domain.knowledge.facts import against
from harken.domain.replies.checks.port import Check, Finding, Reading, SavedText, Severity

# Words a sentence shares with one of the saved answer before the two are compared.
OF_ITS_OWN, OF_ANOTHER = 1, 2
SHOWN = 80  # characters of what a saved answer says


def look(reading: Reading) -> Iterator[Finding]:
    """What has ended, was changed or taken out of use, and what says otherwise."""
    text = reading.text.removesuffix(reading.signature)
    for each in reading.saved:
        if each.began:
            yield from _over(each, reading)
        shared = OF_ITS_OWN if each.began else OF_ANOTHER
        for other in against(text, each.says, shared=shared):
            yield Finding(
                f"The saved answer “{each.title}” says “{_cut(other.known)}”.",
                f"Here stands “{_cut(other.here)}”. Say what is true, or have the answer changed.",
                ((other.start, other.end),),
            )


def _over(each: SavedText, reading: Reading) -> Iterator[Finding]:
    if each.is_retired:
        yield Finding(
            f"It began from “{each.title}”, which was taken out of use.",
            "Look for another saved answer, or make sure that it is still so.",
        )
    elif each.valid_until is not None and each.valid_until < reading.today:
        yield Finding(
            f"It began from “{each.title}”, which was true until {each.valid_until:%d %B %Y}.",
            f"Ask {each.owner or 'its owner'} whether it still is.",
        )
    elif each.is_old:
        yield Finding(
            f"“{each.title}” was changed after you began from it.",
            "Insert it anew, or compare what has changed.",
        )


def _cut(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1].rstrip()}…"


CHECK = Check(
    key="saved",
    label="Saved answer",
    about="What a saved answer says is in force, and nothing says otherwise.",
    severity=Severity.WARN,
    look=look,
)
