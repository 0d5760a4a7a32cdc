"""How the loopback network counts and renders a text: graphemes, links, mentions, hashtags."""

from __future__ import annotations

import regex

from harken.connectors.loopback.feed import MENTION
from harken.kit.connector import Span, SpanKind

LENGTH_LIMIT = 280
_GRAPHEME = regex.compile(r"\X")
_MARKED = regex.compile(
    r"(?P<link>https?://[^\s<>\"]*[^\s<>\".,;:!?)\]'])"
    rf"|(?P<mention>{MENTION.pattern})"
    r"|(?P<tag>(?<![\w#&])#(?=\w*\p{L})\w+)"
)


def length(text: str) -> int:
    """How many characters people see in a text."""
    return len(_GRAPHEME.findall(text))


def spans(text: str) -> list[Span]:
    """The text cut where the network makes links, mentions and hashtags of it."""
    cut: list[Span] = []
    end = 0
    for match in _MARKED.finditer(text):
        if match.start() > end:
            cut.append(Span(SpanKind.TEXT, text[end : match.start()]))
        found = match.group()
        kind = SpanKind(match.lastgroup or "text")
        cut.append(Span(kind, found, found.removeprefix("@").removeprefix("#")))
        end = match.end()
    if end < len(text):
        cut.append(Span(SpanKind.TEXT, text[end:]))
    return cut
