"""Raw items: the JSON bytes that `read` and `recheck` hand out and `parse` takes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from harken.connectors.bluesky.xrpc import Json

USUAL_BYTES = 200_000
# What we read of a record; its author may have added anything else, up to a megabyte of it.
RECORD = ("$type", "text", "createdAt", "langs", "reply", "facets", "tags")


def packed(view: Json, why: str, above: Sequence[Json] = (), followers: int | None = None) -> bytes:
    """A post with all that `parse` needs; an unusually large or deep one without the rest."""
    item = {"kind": "post", "why": why, "post": view, "above": list(above), "followers": followers}
    try:
        raw = json.dumps(item).encode()
        if len(raw) <= USUAL_BYTES:
            return raw
    except RecursionError:
        pass
    pruned = {**item, "post": _pruned(view), "above": [_pruned(one) for one in above]}
    try:
        return json.dumps(pruned).encode()
    except RecursionError:
        # Quarantined by `parse`: the known fields themselves are nested beyond reason.
        return json.dumps({"kind": "post", "uri": str(view.get("uri"))}).encode()


def packed_deletion(uri: str, at: datetime) -> bytes:
    """One raw item: a post that its author took back; `at` is when we noticed."""
    return json.dumps({"kind": "deleted", "uri": uri, "at": at.isoformat()}).encode()


def _pruned(view: Json) -> Json:
    record = view.get("record")
    if not isinstance(record, dict):
        return view
    return {**view, "record": {name: record[name] for name in RECORD if name in record}}
