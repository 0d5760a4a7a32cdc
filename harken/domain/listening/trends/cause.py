"""Why a storm is one: the posts that lead it, its topics, who speaks, and how the mood turned."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from harken.domain.listening.trends.echoes import Echo, Echoes
from harken.domain.listening.trends.post import Post
from harken.domain.listening.trends.rising import (
    CLEARLY,
    Topic,
    Vocabulary,
    ratio,
    rising,
    topics,
)
from harken.domain.listening.trends.stops import Stops

SHOWN = 5
NEGATIVE = "negative"


@dataclass(frozen=True, slots=True)
class Leading:
    """A post and how many posts and people say the same."""

    post: Post
    posts: int
    people: int


@dataclass(frozen=True, slots=True)
class Voice:
    """A person, their posts in the storm, and their followers."""

    author: str
    posts: int
    reach: int


@dataclass(frozen=True, slots=True)
class Mood:
    """Posts whose sentiment is known, and the negative ones among them."""

    judged: int = 0
    negative: int = 0

    @property
    def share(self) -> float:
        """The negative share, 0 to 1."""
        return self.negative / self.judged if self.judged else 0.0


@dataclass(frozen=True, slots=True)
class Swing:
    """The negative share before and now; `worse` and `better` only when chance does not do that."""

    before: Mood
    now: Mood

    @property
    def worse(self) -> bool:
        """More is negative than before."""
        return _more(self.now, self.before)

    @property
    def better(self) -> bool:
        """Less is negative than before."""
        return _more(self.before, self.now)


@dataclass(frozen=True, slots=True)
class Cause:
    """What a storm alarm shows, each list strongest first."""

    leading: tuple[Leading, ...]
    topics: tuple[Topic, ...]
    hashtags: tuple[str, ...]
    voices: tuple[Voice, ...]
    swing: Swing


def cause(
    posts: Sequence[Post], usual: Vocabulary, before: Mood, stops: Stops | None = None
) -> Cause:
    """The cause of a storm whose posts these are, against what was said and felt before it.

    It is about no word that `stops` knows.
    """
    found = rising(posts, usual, stops=stops)
    return Cause(
        leading=tuple(leading(posts)),
        topics=tuple(topics(found)[:SHOWN]),
        hashtags=tuple(each.term for each in found if each.term.startswith("#"))[:SHOWN],
        voices=tuple(voices(posts)),
        swing=Swing(before, mood(posts)),
    )


def leading(posts: Iterable[Post]) -> list[Leading]:
    """The posts most people repeat, then the ones most people can see."""
    echoes = Echoes()
    alone: list[Leading] = []
    together: dict[int, tuple[Echo, set[str]]] = {}
    for post in sorted(posts, key=lambda each: each.at):
        echo = echoes.hear(post)
        if echo is None:
            alone.append(Leading(post, 1, 1))
        else:
            together.setdefault(id(echo), (echo, set()))[1].add(post.author)
    found = alone + [Leading(echo.first, echo.posts, len(w)) for echo, w in together.values()]
    found = [each for each in found if each.people > 1 or each.post.reach]
    found.sort(key=lambda each: (-each.people, -each.post.reach, each.post.at))
    return found[:SHOWN]


def voices(posts: Iterable[Post]) -> list[Voice]:
    """The people whom most others can hear, then those who speak most."""
    counts: dict[str, tuple[int, int]] = {}
    for post in posts:
        number, reach = counts.get(post.author, (0, 0))
        counts[post.author] = (number + 1, max(reach, post.reach))
    found = [Voice(author, number, reach) for author, (number, reach) in counts.items()]
    found.sort(key=lambda each: (-each.reach, -each.posts, each.author))
    return found[:SHOWN]


def mood(posts: Iterable[Post]) -> Mood:
    """The mood of these posts."""
    judged = [post.sentiment for post in posts if post.sentiment]
    return Mood(len(judged), judged.count(NEGATIVE))


def _more(one: Mood, other: Mood) -> bool:
    strength = ratio(one.negative, one.judged, other.negative, other.judged)
    return strength >= CLEARLY
