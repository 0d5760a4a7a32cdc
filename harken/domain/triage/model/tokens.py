"""Cutting a post into words with their places, so that a reason can be shown in the text."""

from __future__ import annotations

import re
from dataclasses import dataclass

# In this order: links, names and tags of the network, words with inner apostrophes or hyphens,
# numbers, small faces, runs of ! and ?, and single pictures (emoji with their selectors).
TOKEN = re.compile(
    r"https?://\S+"
    r"|[@#]?[^\W\d_][\w]*(?:['’.-][^\W\d_][\w]*)*"
    r"|\d+(?:[.,:]\d+)*\+?%?"
    r"|[:;]-?[)(/dp]|<3"
    r"|[!?]+"
    r"|[\u2190-\u27bf\U0001f000-\U0001faff]\ufe0f?",
    re.IGNORECASE,
)
LONGEST = 4000  # characters of a post that are looked at; a press release is recognised by then


@dataclass(frozen=True, slots=True)
class Cut:
    """A post cut up: `words` are lower case and normalised, `places` their start and end."""

    text: str
    words: list[str]
    places: list[tuple[int, int]]


def cut(text: str) -> Cut:
    """The words of `text` with their places."""
    text = text[:LONGEST]
    words: list[str] = []
    places: list[tuple[int, int]] = []
    for found in TOKEN.finditer(text):
        words.append(_normal(found.group()))
        places.append(found.span())
    return Cut(text, words, places)


def split(text: str) -> list[str]:
    """The words of `text` alone."""
    return [_normal(word) for word in TOKEN.findall(text[:LONGEST])]


def _normal(word: str) -> str:
    first = word[0]
    if first == "@":
        return "@"
    if first == "#":
        return word.lower()
    if word.startswith(("http://", "https://")):
        return "http"
    if first.isdigit():
        # A number's length says more than its digits: a year, a price, an order number.
        return "%" if word.endswith("%") else "0" * min(len(word), 6)
    if first in "!?":
        return word[:2]
    return word.lower().replace("’", "'")
