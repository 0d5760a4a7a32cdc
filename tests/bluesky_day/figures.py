"""What a run measured, as one table at its end (`pytest -s` shows it)."""

from __future__ import annotations

import math
import statistics
import sys
from collections.abc import Sequence


class Figures:
    """The lines of one run's table."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._lines: list[tuple[str, str]] = []

    def __enter__(self) -> Figures:
        return self

    def __exit__(self, *_: object) -> None:
        """A run that failed shows how far it came."""
        self.show()

    def note(self, name: str, value: object) -> None:
        """A figure in words."""
        self._lines.append((name, str(value)))

    def spread(self, name: str, seconds: Sequence[float]) -> None:
        """Median, 95th percentile and maximum of some durations in seconds."""
        if seconds:
            middle = statistics.median(seconds)
            self.note(
                name,
                f"p50 {middle:.2f} s   p95 {p95(seconds):.2f} s   "
                f"max {max(seconds):.2f} s   n={len(seconds)}",
            )

    def show(self) -> None:
        """Print the table."""
        width = max((len(name) for name, _ in self._lines), default=0)
        rows = [f"  {name:<{width}}  {value}" for name, value in self._lines]
        sys.stdout.write("\n".join(["", self._title, *rows, ""]))


def p95(values: Sequence[float]) -> float:
    """The 95th percentile, nearest rank."""
    return sorted(values)[math.ceil(0.95 * len(values)) - 1]
