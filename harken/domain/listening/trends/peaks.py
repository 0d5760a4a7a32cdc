"""How busy a monitor's own days get, and how many posts they would not show in a long time.

Some monitors jump by themselves: a retweeted joke a day is a company's normal, and a formula that
fits the quiet hours calls each of those a storm. So each day's highest count is kept, and an alarm
needs one that is rare among them. The highest values of days follow a Gumbel distribution (Gumbel,
"Statistics of Extremes", 1958), here of the logarithms, since a company twice as known jumps twice
as high. Its place and width come from the median and the median distance from it, which a few
real storms among the days do not move.
"""

from __future__ import annotations

import math
import statistics
from dataclasses import dataclass, field

REMEMBERED = 28  # days
DAY = 24 * 3600.0  # seconds
LEAST_WIDTH = 0.1  # of the logarithms: days whose highest counts are equal say little of tomorrow
# Of a standard Gumbel: the median, and the median of the distances from it.
_MEDIAN, _DISTANCE = 0.36651, 0.76705


@dataclass(slots=True)
class Peaks:
    """The highest count of each of the last `days`, as logarithms."""

    days: list[float] = field(default_factory=list)
    seconds: float = 0.0  # of today
    today: float = 0.0

    def learn(self, posts: int, seconds: float) -> None:
        """Take in a count that comes `seconds` after the one before."""
        self.today = max(self.today, math.log1p(posts))
        self.seconds += seconds
        if self.seconds >= DAY:
            self.days = [*self.days, self.today][-REMEMBERED:]
            self.seconds = self.today = 0.0

    def level(self, once_in: float) -> float:
        """The count that usual days reach once in so many; without a whole day, infinity."""
        if not self.days:
            return math.inf
        middle = statistics.median(self.days)
        width = statistics.median(abs(each - middle) for each in self.days) / _DISTANCE
        rare = -math.log(-math.log(1 - 1 / once_in))
        return math.expm1(middle + max(width, LEAST_WIDTH) * (rare - _MEDIAN))
