"""Bars of the hours of a day, as numbers for an SVG drawing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from harken.domain.insights.figures import Sums

WIDTH, GAP, HEIGHT = 26, 4, 120  # of a bar, between two, of the drawing; in its own units


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of a bar; `look` is answered, dismissed or open."""

    look: str
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Bar:
    """One hour."""

    x: int
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Drawing:
    """All bars, how wide the drawing is, and the number at its upper edge."""

    bars: tuple[Bar, ...]
    width: int
    top: int


def bars(hours: Sequence[Sums]) -> Drawing:
    """The turns received in each hour, by what became of them, from the bottom up."""
    top = max((each.received for each in hours), default=0) or 1
    drawn = tuple(
        Bar(number * (WIDTH + GAP), _pieces(each, top)) for number, each in enumerate(hours)
    )
    return Drawing(drawn, len(hours) * (WIDTH + GAP) - GAP, top)


def _pieces(sums: Sums, top: int) -> tuple[Piece, ...]:
    found, below = [], 0.0
    for look in ("answered", "dismissed", "open"):
        height = round(getattr(sums, look) * HEIGHT / top, 2)
        if height:
            below += height
            found.append(Piece(look, round(HEIGHT - below, 2), height))
    return tuple(found)
