"""Finds the same text said again and again, retweeted, quoted, shortened or mistyped, as it comes.

Two posts are echoes when they share half of the shorter one's groups of three neighbouring words;
an index from each group to the posts that had it last finds them without comparing all with all.
A text that enough people repeat within the hour is spreading. That is known minutes before the
volume of a busy monitor shows it.
"""

from __future__ import annotations

import statistics
from collections import Counter, deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from harken.domain.listening.trends.post import Post
from harken.domain.listening.trends.terms import words

WITHIN = timedelta(hours=1)
SHORTEST = 4  # words; "thank you so" says nothing
ALIKE = 0.5  # of the shorter text's groups
#: Posts remembered for a group of words: enough to find the echo, and work stays small in a storm.
NEWEST = 12
#: People who say the same within the hour before it counts as spreading, on a monitor whose days
#: see less; otherwise this many times its usual largest echo.
FEWEST_PEOPLE, TIMES = 5, 2.0
REMEMBERED = 28  # days
DAY = timedelta(days=1)
MOST = 5_000  # posts remembered, the newest; on a very busy monitor that is less than an hour


@dataclass(frozen=True, slots=True)
class Spread:
    """How a text spread in the last hour: the first post heard of it, how many posts and people,
    and from when until when."""

    first: Post
    posts: int
    people: int
    since: datetime
    until: datetime


@dataclass(slots=True, eq=False)
class Echo:
    """Posts that say the same; `first` is the first one heard."""

    first: Post
    posts: int = 0
    reach: int = 0
    spreading: bool = False
    just_spread: bool = False  # by the last post
    recent: deque[tuple[datetime, str]] = field(default_factory=deque)
    _by: Counter[str] = field(default_factory=Counter)  # recent posts of each author

    def add(self, post: Post) -> None:
        """One more post that says it."""
        self.posts += 1
        self.reach += post.reach
        self.recent.append((post.at, post.author))
        self._by[post.author] += 1
        while self.recent[0][0] <= post.at - WITHIN:
            _, author = self.recent.popleft()
            self._by[author] -= 1
            if not self._by[author]:
                del self._by[author]

    @property
    def people(self) -> int:
        """People who said it within the last hour."""
        return len(self._by)

    @property
    def spread(self) -> Spread:
        """How it went within the last hour."""
        since, until = self.recent[0][0], self.recent[-1][0]
        return Spread(self.first, len(self.recent), self.people, since, until)


@dataclass(frozen=True, slots=True)
class _Known:
    at: datetime
    groups: frozenset[int]
    echo: Echo


@dataclass(slots=True)
class Echoes:
    """Hears one monitor's posts in the order of their time, and that a step of time is over."""

    largest: list[int] = field(default_factory=list)  # people of each day's largest echo
    today: int = 0
    listened: timedelta = timedelta(0)  # today
    _index: dict[int, deque[_Known]] = field(default_factory=dict)
    _known: deque[_Known] = field(default_factory=deque)

    def hear(self, post: Post) -> Echo | None:
        """The echo this post belongs to, alone or not; None for too few words."""
        self._forget(post.at)
        groups = groups_of(post.text)
        if not groups:
            return None
        echo = self._echo_of(groups) or Echo(post)
        echo.add(post)
        self._remember(_Known(post.at, groups, echo))
        self.today = max(self.today, echo.people)
        echo.just_spread = not echo.spreading and echo.people >= self.bar
        echo.spreading = echo.spreading or echo.just_spread
        return echo

    def end(self, step: timedelta) -> None:
        """A step of time is over; what nobody listened to is no part of a day."""
        self.listened += step
        if self.listened >= DAY:
            self.largest = [*self.largest, self.today][-REMEMBERED:]
            self.today, self.listened = 0, timedelta(0)

    @property
    def bar(self) -> float:
        """People within an hour from whom on a text is spreading."""
        usual = statistics.median(self.largest) if self.largest else 0
        return max(FEWEST_PEOPLE, TIMES * usual)

    def _echo_of(self, groups: frozenset[int]) -> Echo | None:
        best, share = None, ALIKE
        seen: set[int] = set()
        for group in groups:
            for known in self._index.get(group, ()):
                if id(known) in seen:
                    continue
                seen.add(id(known))
                shorter = min(len(groups), len(known.groups))
                alike = len(groups & known.groups) / shorter
                if alike >= share:
                    best, share = known.echo, alike
        return best

    def _remember(self, known: _Known) -> None:
        self._known.append(known)
        for group in known.groups:
            self._index.setdefault(group, deque(maxlen=NEWEST)).append(known)

    def _forget(self, now: datetime) -> None:
        while self._known and (self._known[0].at <= now - WITHIN or len(self._known) >= MOST):
            old = self._known.popleft()
            for group in old.groups:
                row = self._index.get(group)
                while row and row[0].at <= old.at:
                    row.popleft()
                if not row:
                    self._index.pop(group, None)


def groups_of(text: str) -> frozenset[int]:
    """The groups of three neighbouring words, as hashes of this process; none of a short text."""
    row = words(text)
    if len(row) < SHORTEST:
        return frozenset()
    return frozenset(hash(tuple(row[at : at + 3])) for at in range(len(row) - 2))
