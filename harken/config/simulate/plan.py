"""What a simulated day is to be: its options, its time, and when customers write.

Time runs `speed` times faster than on the wall. Everything people do is divided by it, and so is
the minute that is promised. What machines do is not: a second in which a page is drawn counts as
`speed` seconds, so the figures of a fast day are worse than those of a real one, never better.
"""

from __future__ import annotations

import random
import threading
from dataclasses import dataclass
from pathlib import Path

from harken.kit import clock

MINUTE = 60  # simulated seconds in which every customer is to be answered
HOUR = 3600.0
# Parts of the day's conversations in each twelfth of it: a morning and an evening peak, a dip at
# lunch. In each the arrivals are a Poisson process (Brown et al., "Statistical analysis of a
# telephone call center", JASA 100, 2005, find that call arrivals are).
CURVE = (5.0, 9.0, 11.5, 10.0, 7.0, 6.0, 7.5, 8.0, 8.5, 10.0, 10.5, 7.0)
STORM_AT = 0.5  # of the day
STORM_LASTS = 1 / 24  # of the day: half an hour of twelve
STORM_SHARE = 0.15  # of all conversations
STORM_TOPIC = "app"


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line says."""

    agents: int = 20
    conversations: int = 5000
    speed: int = 20
    storm: bool = True
    seed: int = 7
    data: Path = Path(".harken/simulation")

    @property
    def hours(self) -> float:
        """The length of the day, simulated: 250 conversations for each agent are twelve hours."""
        return 12 * self.conversations / self.agents / 250

    @property
    def length(self) -> float:
        """The day in simulated seconds."""
        return self.hours * HOUR

    @property
    def target(self) -> int:
        """The promise in seconds of the wall."""
        return MINUTE // self.speed

    @property
    def undo_seconds(self) -> int:
        """The ten seconds in which an answer can be taken back, in seconds of the wall."""
        return 10 // self.speed

    def in_storm(self, moment: float) -> bool:
        """Whether a simulated second lies in the storm."""
        begins = STORM_AT * self.length
        return self.storm and begins <= moment < begins + STORM_LASTS * self.length


@dataclass(frozen=True, slots=True)
class Arrival:
    """One customer begins to write, `at` in simulated seconds from the start of the day."""

    at: float
    storm: bool


def arrivals(options: Options, dice: random.Random) -> list[Arrival]:
    """When the day's conversations begin, in order."""
    storm = round(options.conversations * STORM_SHARE) if options.storm else 0
    step = options.length / len(CURVE)
    # Given their number, the moments of a Poisson process are independent and uniform.
    parts = dice.choices(range(len(CURVE)), CURVE, k=options.conversations - storm)
    found = [Arrival((part + dice.random()) * step, storm=False) for part in parts]
    for _ in range(storm):
        # It breaks out at once and calms down: half of it in the first quarter.
        part = dice.random() ** 1.7
        at = (STORM_AT + STORM_LASTS * part) * options.length
        found.append(Arrival(at, storm=True))
    return sorted(found, key=lambda arrival: arrival.at)


class Time:
    """The simulated clock. It starts when told to; `stop` ends every wait."""

    def __init__(self, speed: int) -> None:
        self.speed = speed
        self.stop = threading.Event()
        self._began = clock.monotonic()

    def start(self) -> None:
        """The day begins now."""
        self._began = clock.monotonic()

    @property
    def now(self) -> float:
        """Simulated seconds since the start of the day."""
        return (clock.monotonic() - self._began) * self.speed

    def pass_by(self, seconds: float) -> bool:
        """Let that many simulated seconds go by; False when the day was stopped meanwhile."""
        return not self.stop.wait(max(0.0, seconds) / self.speed)
