"""One row of the benchmark table: a ratio measured in one run, beside its floor and its aim."""

from __future__ import annotations

import importlib
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """`value` against `floor` (must hold) and `aim` (what we are after).

    `more_is_better` says on which side of the floor the good values are. `how` gives the two
    absolute numbers behind the ratio and the conditions, for whoever wants to check it.
    """

    id: str
    what: str
    value: float
    floor: float
    aim: float
    more_is_better: bool
    how: str

    @property
    def holds(self) -> bool:
        """Whether the floor is held."""
        return self.value >= self.floor if self.more_is_better else self.value <= self.floor

    @property
    def distance(self) -> str:
        """How far the aim is, in words."""
        reached = self.value >= self.aim if self.more_is_better else self.value <= self.aim
        if reached:
            return "aim reached"
        ratio = self.aim / self.value if self.more_is_better else self.value / self.aim
        return f"{ratio:.2f} x from the aim"


def figures_of(module: str) -> list[Figure]:
    """What a module of this folder measures."""
    return list(importlib.import_module(f"benchmarks.{module}").measure())
