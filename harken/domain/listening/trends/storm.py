"""Raises, holds and ends a storm from a monitor's counts as they come in.

A storm is raised when the last 5, 15 or 60 minutes surprise for this hour of the week (`gauge`)
and have more posts than this monitor's days reach by themselves (`peaks`), or as soon as a text
spreads (`echoes`), whatever comes first; the other then joins it and is no second alarm. It goes on
while the hour is somewhat unusual and ends after a calm stretch. What flares up again within half a
day is the same storm and no new alarm, unless it becomes twice as strong as the storm was. A young
monitor stays quiet and says what it still waits for.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import zip_longest

from harken.domain.listening.trends.baseline import HOUR
from harken.domain.listening.trends.gauge import FIRST_DAY, STRETCHES, Gauge, Stretch
from harken.domain.listening.trends.peaks import Peaks

#: A day counts from so many posts on: before, perhaps nobody was connected yet. After a week the
#: lack of posts is knowledge too.
ENOUGH_POSTS, QUIET_WEEK = 30, 168.0


class State(StrEnum):
    """What a reading says."""

    LEARNING = "learning"
    QUIET = "quiet"
    STORM = "storm"


class Change(StrEnum):
    """What a reading changed; see `ALARMS` for what somebody should be told."""

    RAISED = "raised"
    GREW = "grew"
    JOINED = "joined"  # much is said by now about a text that was told to spread
    RESUMED = "resumed"
    ENDED = "ended"


ALARMS = frozenset({Change.RAISED, Change.GREW})


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """When a storm is raised, is told again, and is over.

    `surprise`: see `tail`. `once_in` days: how rarely usual days may reach as many posts. `posts`
    and `times`: the fewest posts, and how many times the usual. It goes on while the hour surprises
    by `unusual`, ends after `calm` below it, and is forgotten after `rest`. It is told again when
    one of the stretches has `grows` times the posts it had at the storm's strongest, though not
    within an hour: by then the first wave fills all of them.
    """

    surprise: float = 5.0
    once_in: float = 10.0
    posts: int = 6
    times: float = 2.0
    unusual: float = 1.25
    calm: timedelta = timedelta(hours=2)
    rest: timedelta = timedelta(hours=12)
    grows: float = 2.0


#: How often each alarms in usual weeks, and what each catches: docs/explanation/storms.md.
CAREFUL = Sensitivity(surprise=6.0, once_in=30.0)
NORMAL = Sensitivity()
EAGER = Sensitivity(surprise=4.0, once_in=5.0)
SENSITIVITIES = {"careful": CAREFUL, "normal": NORMAL, "eager": EAGER}


@dataclass(frozen=True, slots=True)
class Storm:
    """When it was `raised`, last `told` and last `unusual`; the most posts of each stretch.

    It is `loud` once the volume was a storm's; before that a text spreads and that is all.
    """

    raised: datetime
    told: datetime
    unusual: datetime
    strongest: tuple[int, ...]
    over: bool = False
    loud: bool = True


@dataclass(frozen=True, slots=True)
class Reading:
    """What is known at `moment`, the end of the step just read.

    `last` is the longest stretch heard in full, an hour as a rule. `surprise` is the highest of
    all stretches. `storm` is the one that goes on, has just ended, or may flare up again.
    """

    moment: datetime
    state: State
    last: Stretch
    surprise: float
    change: Change | None = None
    storm: Storm | None = None
    waits_for: str = ""


@dataclass(slots=True)
class StormWatch:
    """Reads one monitor's counts, each of a step, in order."""

    gauge: Gauge
    sensitivity: Sensitivity = NORMAL
    peaks: list[Peaks] = field(default_factory=lambda: [Peaks() for _ in STRETCHES])
    storm: Storm | None = None
    posts: int = 0
    hours_known: float = 0.0  # since there were enough posts

    def read(self, start: datetime, posts: int, *, spreads: bool = False) -> Reading:
        """Take in the posts of the step that began at `start`; `spreads`: in it a text began to."""
        stormy = self.storm is not None and not self.storm.over
        stretches = self.gauge.read(start, posts, stormy=stormy)
        self.posts += posts
        if self.posts >= ENOUGH_POSTS:
            self.hours_known += self.gauge.step / HOUR
        missing = self.waits_for()
        surprise = self._surprise(stretches)
        loud = not missing and self._is_rare(stretches)
        for stretch, peaks in zip(stretches, self.peaks, strict=False):
            peaks.learn(stretch.posts, self.gauge.step.total_seconds())
        moment, last = start + self.gauge.step, stretches[-1]
        if missing:
            return Reading(moment, State.LEARNING, last, surprise, waits_for=missing)
        change = self._change(moment, stretches, loud, spreads)
        going = self.storm is not None and not self.storm.over
        state = State.STORM if going else State.QUIET
        return Reading(moment, state, last, surprise, change, self.storm)

    def _change(
        self, moment: datetime, stretches: list[Stretch], loud: bool, spreads: bool
    ) -> Change | None:
        storm, alarming = self.storm, loud or spreads
        # A text that nobody repeats any more must not hide a storm of the same day.
        if storm is None or (storm.over and loud and not storm.loud):
            posts = tuple(each.posts for each in stretches)
            self.storm = Storm(moment, moment, moment, posts, loud=loud) if alarming else None
            return Change.RAISED if alarming else None
        return self._course(storm, moment, stretches, loud, alarming)

    def _course(
        self,
        storm: Storm,
        moment: datetime,
        stretches: list[Stretch],
        loud: bool,
        alarming: bool,
    ) -> Change | None:
        """How a storm that was raised goes on."""
        wanted = self.sensitivity
        posts = tuple(each.posts for each in stretches)
        is_unusual = alarming or (not storm.over and self._goes_on(stretches[-1]))
        unusual = moment if is_unusual else storm.unusual
        over = not alarming and (storm.over or moment - unusual >= wanted.calm)
        joins = loud and not storm.loud
        grows = loud and (joins or self._has_grown(posts))
        grew = grows and moment - storm.told >= STRETCHES[-1]
        self.storm = Storm(
            raised=storm.raised,
            told=moment if grew else storm.told,
            unusual=unusual,
            strongest=tuple(map(max, zip_longest(posts, storm.strongest, fillvalue=0))),
            over=over,
            loud=storm.loud or loud,
        )
        if storm.over and moment - unusual >= wanted.rest:
            self.storm = None
        if grew or joins:
            return Change.GREW if grew else Change.JOINED
        if over == storm.over:
            return None
        return Change.ENDED if over else Change.RESUMED

    def _goes_on(self, hour: Stretch) -> bool:
        """Of three stretches one is a little unusual by chance every few hours; an hour is not."""
        return self._is_enough(hour) and hour.surprise >= self.sensitivity.unusual

    def _has_grown(self, posts: Iterable[int]) -> bool:
        before = self.storm.strongest if self.storm else ()
        grows = self.sensitivity.grows
        return any(now >= grows * then for now, then in zip(posts, before, strict=False))

    def _surprise(self, stretches: Iterable[Stretch]) -> float:
        """The highest surprise of the stretches with enough posts."""
        return max((each.surprise for each in stretches if self._is_enough(each)), default=0.0)

    def _is_rare(self, stretches: Iterable[Stretch]) -> bool:
        """Whether a stretch surprises and is more than this monitor's days reach."""
        wanted = self.sensitivity
        return any(
            each.surprise >= wanted.surprise
            and self._is_enough(each)
            and each.posts >= peaks.level(wanted.once_in)
            for each, peaks in zip(stretches, self.peaks, strict=False)
        )

    def _is_enough(self, stretch: Stretch) -> bool:
        wanted = self.sensitivity
        return stretch.posts >= wanted.posts and stretch.posts >= wanted.times * stretch.usual

    def waits_for(self) -> str:
        """What a young monitor waits for, of what it hears; empty when it knows enough."""
        heard = self.gauge.baseline.age
        if heard < FIRST_DAY:
            return f"a first day: {heard:.0f} of {FIRST_DAY:.0f} hours so far"
        if heard >= QUIET_WEEK or self.hours_known >= FIRST_DAY:
            return ""
        if self.posts < ENOUGH_POSTS:
            return f"{ENOUGH_POSTS} posts or a week: {self.posts} posts in {heard:.0f} hours so far"
        return f"a first day with posts: {self.hours_known:.0f} of {FIRST_DAY:.0f} hours so far"
