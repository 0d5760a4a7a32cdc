"""Which events concern an account, and why: the rule behind `GET /events`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from harken.connectors.loopback.wire import Post

MENTION = re.compile(r"(?<![\w@/.])@(\w(?:[\w.-]*\w)?)")


def mentioned_in(text: str) -> frozenset[str]:
    """The handles that a text names with @, lower case."""
    return frozenset(found.lower() for found in MENTION.findall(text))


@lru_cache(maxsize=64)
def matcher(terms: tuple[str, ...]) -> re.Pattern[str] | None:
    """A pattern that finds any of the words or hashtags as whole words; None without terms."""
    wanted = [re.escape(term.strip()) for term in terms if term.strip()]
    if not wanted:
        return None
    return re.compile(rf"(?<![\w#])(?:{'|'.join(wanted)})(?!\w)", re.IGNORECASE)


@dataclass(slots=True)
class Tree:
    """One public tree: its posts in order of writing, and who wrote or was named in it."""

    posts: list[str] = field(default_factory=list)
    authors: set[str] = field(default_factory=set)
    named: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Reader:
    """Whose events are read, with the search terms of this read."""

    account_id: str
    handle: str
    everything: bool
    terms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What stands around a post: who wrote the post it answers and the root, and its tree."""

    answered: set[str]
    tree: Tree


def why(reader: Reader, texts: Sequence[str], post: Post, around: Surroundings) -> str | None:
    """Why a post concerns the reader, or None.

    `texts` are all versions the post had: an edit that takes the mention out still concerns
    whoever was given the first version.
    """
    if post.author.id == reader.account_id:
        return "own"
    if any(reader.handle in mentioned_in(text) for text in texts):
        return "mention"
    if reader.account_id in around.answered:
        return "reply"
    if post.quoted is not None and post.quoted.author.id == reader.account_id:
        return "quote"
    found = matcher(reader.terms)
    if found is not None and any(found.search(text) for text in texts):
        return "search"
    return _why_by_tree(reader, post, around.tree)


def _why_by_tree(reader: Reader, post: Post, tree: Tree) -> str | None:
    if reader.account_id in tree.authors or reader.handle in tree.named:
        return "thread"
    if reader.everything:
        return "thread" if post.parent else "search"
    return None
