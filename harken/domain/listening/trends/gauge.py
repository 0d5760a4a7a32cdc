"""Compares the posts of the last minutes with the monitor's own hour of the week.

Three stretches end now: 5, 15 and 60 minutes. How much a stretch scatters beyond a Poisson's is
learnt for each length apart, since posts come in bursts: variance over mean, as sums over time,
which also holds for a monitor with three posts a day.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from harken.domain.listening.trends.baseline import HOUR, Baseline
from harken.domain.listening.trends.tail import surprise

STRETCHES = (timedelta(minutes=5), timedelta(minutes=15), HOUR)
FIRST_DAY = 24.0  # hours without which nothing is known of a day, so all is taken in as it is
CUT_OFF = 4.0  # standard deviations beyond which a count teaches nothing more
LEAST_CUT = 3.0  # posts; a lone post of a quiet monitor is not cut off
SCATTER_HALF_LIFE = 7 * 24.0  # hours
#: What a storm teaches at most, in times the usual. More than once, since a level that stays high
#: has to become the rule some day.
STORM_TEACHES = 4.0


@dataclass(frozen=True, slots=True)
class Stretch:
    """Posts of the last 5, 15 or 60 minutes, what is usual, and the surprise (see `tail`)."""

    posts: int
    usual: float
    surprise: float


@dataclass(slots=True)
class Scatter:
    """Squared distances and means, each forgotten; their ratio is variance over mean."""

    squares: float = 2.0
    means: float = 1.0

    @property
    def ratio(self) -> float:
        """At least a Poisson's 1."""
        return max(1.0, self.squares / self.means)

    def learn(self, count: int, mean: float, kept: float, *, stormy: bool) -> None:
        """Take in a stretch; a storm's distance is cut off at what is still usual."""
        # A lone post of a quiet monitor may be far from its mean; a post a minute of a storm not.
        most = CUT_OFF**2 * max(self.ratio * mean, 0.0 if stormy else 1.0)
        self.squares = self.squares * kept + min((count - mean) ** 2, most)
        self.means = self.means * kept + mean


@dataclass(frozen=True, slots=True)
class Step:
    """One count and what was expected when it came."""

    start: datetime
    posts: int
    mean: float
    doubt: float


@dataclass(slots=True)
class Gauge:
    """Takes counts of `step` (5 minutes or a part of it) each, in order, with `read`."""

    step: timedelta
    baseline: Baseline = field(default_factory=Baseline)
    scatter: list[Scatter] = field(default_factory=lambda: [Scatter() for _ in STRETCHES])
    recent: deque[Step] = field(default_factory=deque)
    allowed: float = 0.0  # posts that the storm going on may still teach

    def read(self, start: datetime, posts: int, *, stormy: bool = False) -> list[Stretch]:
        """The stretches that end with this step, the shortest first; longer ones if heard whole.

        `stormy`: a storm is going on, which teaches little.
        """
        if self.recent and start != self.recent[-1].start + self.step:
            self._forget_the_hour(stormy)
        expected = self.baseline.expected(start, self.step)
        self.recent.append(Step(start, posts, expected.mean, expected.doubt))
        found: list[Stretch] = []
        for length, scatter in zip(STRETCHES, self.scatter, strict=True):
            steps = length // self.step
            if len(self.recent) >= steps or not found:
                found.append(self._stretch(min(steps, len(self.recent)), scatter, stormy))
        if len(self.recent) >= STRETCHES[-1] // self.step:
            self._learn(self.recent.popleft(), stormy)
        return found

    def _stretch(self, steps: int, scatter: Scatter, stormy: bool) -> Stretch:
        last = [self.recent[-each] for each in range(1, steps + 1)]
        posts = sum(each.posts for each in last)
        mean = sum(each.mean for each in last)
        variance = scatter.ratio * mean + last[0].doubt * mean * mean
        if self.baseline.age >= FIRST_DAY:
            kept = 0.5 ** (self.step / HOUR / SCATTER_HALF_LIFE)
            scatter.learn(posts, mean, kept, stormy=stormy)
        return Stretch(posts, mean, surprise(posts, mean, variance))

    def _forget_the_hour(self, stormy: bool) -> None:
        """Nobody listened for a while: that is no silence, and the stretches begin anew."""
        while self.recent:
            self._learn(self.recent.popleft(), stormy)

    def _learn(self, step: Step, stormy: bool) -> None:
        """An hour late, so that a storm's first minutes are not what it is compared with."""
        count = float(step.posts)
        if self.baseline.age >= FIRST_DAY:
            variance = self.scatter[0].ratio * step.mean + step.doubt * step.mean**2
            count = min(count, max(step.mean + CUT_OFF * variance**0.5, LEAST_CUT))
        # Saved up over the whole storm, since a quiet monitor expects a fraction of a post a step.
        self.allowed = self.allowed + STORM_TEACHES * step.mean if stormy else 0.0
        if stormy:
            count = min(count, self.allowed)
            self.allowed -= count
        self.baseline.learn(step.start, self.step, count)
