"""Making foreign text safe to store, without changing what a person reads."""

from __future__ import annotations

import re

# PostgreSQL refuses NUL in text and lone surrogates cannot be encoded as UTF-8 at all.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def storable(text: str, limit: int) -> str:
    """`text` as the database can hold it: no NUL, no lone surrogate, at most `limit` characters."""
    if len(text) > limit:
        text = text[: limit - 1] + "…"
    return _UNSTORABLE.sub("\ufffd", text)
