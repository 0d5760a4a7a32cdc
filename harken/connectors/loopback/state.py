"""The loopback network's state, and the one place where an operation changes it.

The same code applies an operation when it happens and when the file is read again at the next
start, so what was written is what is found. Callers hold the network's lock.
"""

from __future__ import annotations

import bisect
from dataclasses import dataclass, field
from datetime import datetime

from harken.connectors.loopback.feed import Tree, mentioned_in
from harken.connectors.loopback.oplog import Changed, Liked, Opened, Operation, Wrote
from harken.connectors.loopback.wire import Face, Kind, Like, Post, Record

ANCESTORS_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Member:
    """An account of the network. `lock` is empty for people who never log in."""

    face: Face
    lock: str = ""
    everything: bool = False
    blocked: bool = False


@dataclass(frozen=True, slots=True)
class Happening:
    """One entry of the event log; its place in the log, from 1, is its seq."""

    kind: Kind
    post: Post
    recorded: datetime


@dataclass(slots=True)
class State:
    """Everything the network knows."""

    members: dict[str, Member] = field(default_factory=dict)  # by lower-case handle
    posts: dict[str, Post] = field(default_factory=dict)
    earlier_texts: dict[str, list[str]] = field(default_factory=dict)
    trees: dict[str, Tree] = field(default_factory=dict)
    records: dict[tuple[str, str], Record] = field(default_factory=dict)
    likes: dict[tuple[str, str], Like] = field(default_factory=dict)
    happenings: list[Happening] = field(default_factory=list)

    def apply(self, operation: Operation) -> None:
        """Change the state by one operation."""
        match operation:
            case Opened(face, lock, everything, blocked):
                self.members[face.handle.lower()] = Member(face, lock, everything, blocked)
            case Wrote(post, recorded, key):
                self._wrote(post, recorded, key)
            case Changed(post, recorded):
                self._changed(post, recorded)
            case Liked(account, like):
                self.likes[account, like.post] = like
                self.records[account, like.key] = Record(like.key, like=like)

    def above(self, post: Post) -> Post | None:
        """The post this one answers, if it is at the network."""
        return self.posts.get(post.parent) if post.parent else None

    def ancestors(self, post: Post) -> tuple[Post, ...]:
        """The standing posts above this one, oldest first, of the nearest eight."""
        chain: list[Post] = []
        above = self.above(post)
        for _ in range(ANCESTORS_SHOWN):  # counted: replayed posts may answer each other in a ring
            if above is None:
                break
            if not above.deleted:
                chain.append(above)
            above = self.above(above)
        return tuple(reversed(chain))

    def seq_at(self, moment: datetime) -> int:
        """The seq of the last event before a moment."""
        return bisect.bisect_left(self.happenings, moment, key=lambda entry: entry.recorded)

    def _wrote(self, post: Post, recorded: datetime, key: str) -> None:
        self.posts[post.id] = post
        tree = self.trees.setdefault(post.root, Tree())
        tree.posts.append(post.id)
        tree.authors.add(post.author.id)
        tree.named |= mentioned_in(post.text)
        if key:
            self.records[post.author.id, key] = Record(key, post)
        self.happenings.append(Happening("post", post, recorded))

    def _changed(self, post: Post, recorded: datetime) -> None:
        self.earlier_texts.setdefault(post.id, []).append(self.posts[post.id].text)
        self.posts[post.id] = post
        kind: Kind = "delete" if post.deleted else "edit"
        self.happenings.append(Happening(kind, post, recorded))
