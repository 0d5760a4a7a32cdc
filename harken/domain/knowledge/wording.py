"""Holes in a saved answer: what every customer is told differently. Plain, without a database."""

from __future__ import annotations

import re

HOLE = re.compile(r"\{([^\W\d_][\w ]{0,38})\}")
NAME, PERSONAL = "name", "personal"
SHORTEST = 280  # characters of a short wording at most; some network takes no more


def holes(text: str) -> list[str]:
    """The names of the holes of a text, as they come."""
    return [found[1] for found in HOLE.finditer(text)]


def filled(text: str, name: str) -> str:
    """The text with the customer's name in its hole; nothing changes while no name is known."""
    return text.replace(f"{{{NAME}}}", name) if name else text


def bare(text: str) -> str:
    """The text without its holes: what is left of it in every answer that began from it."""
    return HOLE.sub(" ", text)


def is_whole(text: str) -> bool:
    """Whether every brace belongs to a hole, so that none is taken for text."""
    rest = HOLE.sub("", text)
    return "{" not in rest and "}" not in rest
