"""Until when, in people's words: a moment, or "until they write"."""

from __future__ import annotations

from datetime import datetime, tzinfo

from harken.domain.conversations.services.snooze import UNTIL_THEY_WRITE
from harken.kit.moments import WorkTime, read_moment

THEY_WRITE = frozenset(
    {
        "until they write",
        "they write",
        "until they reply",
        "they reply",
        "tot ze schrijven",
        "tot reactie",
        "bis sie schreiben",
        "bis zur antwort",
        "jusqu'à ce qu'ils écrivent",
        "jusqu'à leur réponse",
        "hasta que escriban",
        "hasta que respondan",
    }
)


def read_until(text: str, *, now: datetime, zone: tzinfo, work: WorkTime) -> datetime:
    """The moment in UTC, or `UNTIL_THEY_WRITE`. Raises `harken.kit.moments.NotUnderstood`."""
    if " ".join(text.casefold().replace("’", "'").split()) in THEY_WRITE:
        return UNTIL_THEY_WRITE
    return read_moment(text, now=now, zone=zone, work=work)
