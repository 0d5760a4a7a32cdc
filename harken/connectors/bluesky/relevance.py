"""Whether a post found by a search concerns us, and how."""

from __future__ import annotations

import re

from harken.connectors.bluesky.xrpc import Json
from harken.kit.connector import Why


def objects(answer: Json, name: str) -> list[Json]:
    """The JSON objects in a list of an answer; anything else in it is left out."""
    entries = answer.get(name)
    return [e for e in entries if isinstance(e, dict)] if isinstance(entries, list) else []


def carries_tag(view: Json, tag: str) -> bool:
    """Whether the post has the whole hashtag, in its text, its links or its hidden tags."""
    record = _object(view, "record")
    name = tag.removeprefix("#").casefold()
    tags = [*(record.get("tags") or ())] if isinstance(record.get("tags"), list) else []
    for facet in objects(record, "facets"):
        tags += [feature.get("tag") for feature in objects(facet, "features")]
    if any(isinstance(tag, str) and tag.casefold() == name for tag in tags):
        return True
    return re.search(rf"#{re.escape(name)}(?!\w)", str(record.get("text")).casefold()) is not None


def calls(view: Json, did: str) -> str:
    """How a post calls the account `did`: a mention, a reply or a quote; empty when it does not."""
    record = _object(view, "record")
    for facet in objects(record, "facets"):
        if any(feature.get("did") == did for feature in objects(facet, "features")):
            return Why.MENTION.value
    ours = f"at://{did}/"
    if str(_object(_object(record, "reply"), "parent").get("uri")).startswith(ours):
        return Why.REPLY.value
    quoted = _object(_object(record, "embed"), "record")
    while isinstance(quoted.get("record"), dict):
        quoted = quoted["record"]
    return Why.QUOTE.value if str(quoted.get("uri")).startswith(ours) else ""


def _object(holder: Json, name: str) -> Json:
    value = holder.get(name)
    return value if isinstance(value, dict) else {}
