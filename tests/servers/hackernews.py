"""A stand-in for the search of Hacker News: its documented parameters and the shape of its hits."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.servers.site import Answer, Headers, Site

FILTER = re.compile(r"created_at_i(>=|<=|>|<|=)(\d+)")
MOST = 1000  # hits of one search, over all its pages


class Search:
    """The items so far, found by date."""

    def __init__(self, server: Site) -> None:
        self.server = server
        self.asked: list[dict[str, list[str]]] = []
        self._items: list[dict[str, Any]] = []
        server.answer = self._answer

    def comment(self, id_: int, at: int, text: str, **more: Any) -> str:
        """Add a comment; returns its URI."""
        return self._add(id_, at, "comment", comment_text=text, story_title="Show HN: A", **more)

    def story(self, id_: int, at: int, title: str, **more: Any) -> str:
        """Add a story; returns its URI."""
        return self._add(id_, at, "story", title=title, points=1, num_comments=0, **more)

    def _add(self, id_: int, at: int, kind: str, **more: Any) -> str:
        hit = {"objectID": str(id_), "author": "mila", "created_at_i": at, "story_id": 1}
        hit |= {"created_at": datetime.fromtimestamp(at, UTC).isoformat()}
        hit |= {"_tags": [kind, "author_mila", "story_1"], **more}
        self._items.append(hit)
        return f"https://news.ycombinator.com/item?id={id_}"

    def _answer(self, path: str, _headers: Headers) -> Answer:
        parts = urlsplit(path)
        if parts.path != "/api/v1/search_by_date":
            return Answer(status=404)
        asked = parse_qs(parts.query)
        self.asked.append(asked)
        found = [hit for hit in list(self._items) if _fits(hit, asked)]
        found.sort(key=lambda hit: (hit["created_at_i"], int(hit["objectID"])), reverse=True)
        size, page = int(asked["hitsPerPage"][0]), int(asked.get("page", ["0"])[0])
        hits = found[:MOST][page * size : (page + 1) * size]
        body = {"hits": hits, "nbHits": len(found), "page": page, "hitsPerPage": size}
        body |= {"nbPages": -(-min(len(found), MOST) // size)}
        return Answer(json.dumps(body).encode(), headers={"content-type": "application/json"})


def _fits(hit: dict[str, Any], asked: dict[str, list[str]]) -> bool:
    words = asked.get("query", [""])[0].lower().split()
    text = f"{hit.get('title', '')} {hit.get('comment_text', '')}".lower()
    tags = asked["tags"][0].strip("()").split(",")
    at = hit["created_at_i"]
    limits = FILTER.findall(asked["numericFilters"][0])
    fits = {">=": int.__ge__, "<=": int.__le__, ">": int.__gt__, "<": int.__lt__, "=": int.__eq__}
    return (
        all(word in text for word in words)
        and any(tag in hit["_tags"] for tag in tags)
        and all(fits[sign](at, int(value)) for sign, value in limits)
    )
