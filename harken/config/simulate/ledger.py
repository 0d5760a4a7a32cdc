"""The day by the network's own log: who wrote, who was answered, when. The desk is hardly asked.

Only closings are the desk's word, because a network knows nothing of them. Everything is put in
order of time and tallied turn by turn, in another way than the report does it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from harken.connectors.loopback.wire import Post

Where = tuple[str, str]  # a public tree and a customer in it


@dataclass(frozen=True, slots=True)
class Closing:
    """A conversation was closed with a reason; it reaches up to these posts (ids)."""

    at: datetime
    where: Where
    posts: frozenset[str]


@dataclass(frozen=True, slots=True)
class Ended:
    """A turn as the log has it; `fate` is answered, dismissed or open."""

    fate: str
    start: datetime
    end: datetime | None


@dataclass(slots=True)
class _Waiting:
    """The posts of a customer that nobody settled, oldest first, and since when one leads."""

    posts: list[Post] = field(default_factory=list)


Entry = tuple[datetime, int, str, Where, frozenset[str], Post | None]


def turns(posts: Iterable[Post], us: str, closings: Iterable[Closing]) -> list[Ended]:
    """Every turn of the day. `posts` in order of writing, `us`: the id of our account."""
    found: list[Ended] = []
    waiting: Mapping[Where, _Waiting] = defaultdict(_Waiting)
    for at, _, what, where, covered, post in sorted(
        _entries(list(posts), us, closings), key=lambda entry: entry[:2]
    ):
        theirs = waiting[where]
        if what == "came" and post is not None:
            theirs.posts.append(post)
            continue
        left = [each for each in theirs.posts if each.id not in covered]
        opened = theirs.posts[0] if theirs.posts else None
        settled = len(left) < len(theirs.posts)
        if opened is not None and settled and (what != "gone" or opened.id in covered):
            fate = "answered" if what == "answered" else "dismissed"
            found.append(Ended(fate, opened.at, at))
        theirs.posts = left
    found += [Ended("open", each.posts[0].at, None) for each in waiting.values() if each.posts]
    return found


def _entries(posts: list[Post], us: str, closings: Iterable[Closing]) -> Iterator[Entry]:
    by_id = {post.id: post for post in posts}
    place = {post.id: number for number, post in enumerate(posts)}
    theirs: dict[Where, list[str]] = defaultdict(list)
    for post in posts:
        if post.author.id != us:
            where = (post.root, post.author.id)
            theirs[where].append(post.id)
            yield post.at, 0, "came", where, frozenset(), post
            if post.deleted and post.changed:
                yield post.changed, 1, "gone", where, frozenset([post.id]), None
    for post in posts:
        above = by_id.get(post.parent or "")
        if post.author.id == us and above is not None:
            where = (above.root, above.author.id)
            covered = [each for each in theirs[where] if place[each] <= place[above.id]]
            yield post.at, 1, "answered", where, frozenset(covered), None
    for closing in closings:
        last = max((by_id[each].at for each in closing.posts), default=closing.at)
        yield max(closing.at, last), 1, "closed", closing.where, closing.posts, None
