"""How long people take, and when they are there. All times are simulated seconds.

- Reading: 238 words a minute in silence (Brysbaert, "How many words do we read per minute?",
  Journal of Memory and Language 109, 2019).
- Typing: 52 words a minute on average, the quick quarter 78 (Dhakal et al., "Observations on typing
  from 136 million keystrokes", CHI 2018); people who answer customers all day type more quickly
  than most: 65 on average here, each person their own. A word is five characters. Greeting, name
  and signature come from notes of their own, so a part of the text is typed.
- Thinking: log-normal, as service times of people who serve customers are (Brown et al., JASA 100,
  2005).
"""

from __future__ import annotations

import random
from dataclasses import dataclass

CHARACTERS_READ = 238 * 6 / 60  # a second, spaces included
CHARACTERS_TYPED = 65 * 5 / 60  # a second
TYPED_PART = (0.5, 0.95)  # of an answer
THINKING = (1.35, 0.55)  # mu and sigma of the logarithm: a median of 3.9 s
GLANCE = (0.6, 3.0)  # to notice something new on the screen
CHECK = (1.0, 3.0)  # to read one's own answer before Enter
DECIDE = (1.5, 4.0)  # to see that a thank-you needs no answer


@dataclass(frozen=True, slots=True)
class Shift:
    """When an agent works: from `start` to `end`, away in `breaks` (pairs of moments)."""

    start: float
    end: float
    breaks: tuple[tuple[float, float], ...]

    def away_until(self, moment: float) -> float | None:
        """When the break ends that goes on at a moment; None: at the desk, or not on shift."""
        return next((end for begin, end in self.breaks if begin <= moment < end), None)

    def is_on(self, moment: float) -> bool:
        """Whether somebody works at a moment."""
        return self.start <= moment < self.end and self.away_until(moment) is None


def shift_of(number: int, length: float, dice: random.Random) -> Shift:
    """The shift of an agent: two thirds of the day, one of four starts, a lunch and two pauses."""
    begin = (number % 4) / 9 * length
    end = begin + 2 / 3 * length
    part = end - begin
    breaks = []
    for middle, lasts in ((0.25, 1 / 72), (0.5, 1 / 24), (0.77, 1 / 72)):
        at = begin + part * (middle + dice.uniform(-0.06, 0.06))
        breaks.append((at, at + lasts * length))
    return Shift(begin, end, tuple(breaks))


class Habits:
    """One person's pace."""

    def __init__(self, dice: random.Random) -> None:
        self.dice = dice
        self._typing = CHARACTERS_TYPED * dice.lognormvariate(0, 0.18)
        self._reading = CHARACTERS_READ * dice.lognormvariate(0, 0.15)

    def glance(self) -> float:
        """To notice that somebody waits."""
        return self.dice.uniform(*GLANCE)

    def reading(self, characters: int) -> float:
        """To read what a customer wrote, and to think."""
        return characters / self._reading + self.dice.lognormvariate(*THINKING)

    def typing(self, characters: int) -> float:
        """To write an answer."""
        return characters * self.dice.uniform(*TYPED_PART) / self._typing

    def checking(self) -> float:
        """To look over the answer once more."""
        return self.dice.uniform(*CHECK)

    def deciding(self) -> float:
        """To close what needs no answer."""
        return self.dice.uniform(*DECIDE)
