"""Volume against the usual, as numbers for an SVG drawing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from harken.domain.listening.models_storms import MonitorStorm
from harken.domain.listening.queries_trends import Step

WIDTH, GAP, HEIGHT = 20, 4, 120  # of a bar, between two, of the drawing; in its own units
LOOKS = ("negative", "rest", "positive")


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a bar; `look` is negative, rest or positive."""

    look: str
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Bar:
    """One step of the chart; `in_storm` when a storm went on in it."""

    x: int
    pieces: tuple[Piece, ...]
    in_storm: bool


@dataclass(frozen=True, slots=True)
class Chart:
    """The bars, the line of the usual as a path, how wide it is, and the number at its top."""

    bars: tuple[Bar, ...]
    usual: str
    width: int
    top: int
    words: str


def chart(steps: Sequence[Step], ends: datetime, storms: Sequence[MonitorStorm] = ()) -> Chart:
    """Draw these steps, the last of which lasts until `ends`."""
    top = max(1, *(max(each.heard, round(each.usual or 0)) for each in steps))
    until = [each.starts for each in steps[1:]] + [ends]
    bars = tuple(
        Bar(number * (WIDTH + GAP), _pieces(each, top), _stormy(each.starts, end, storms))
        for number, (each, end) in enumerate(zip(steps, until, strict=True))
    )
    width = len(steps) * (WIDTH + GAP) - GAP
    return Chart(bars, _line(steps, top), width, top, _in_words(steps))


def _pieces(step: Step, top: int) -> tuple[Piece, ...]:
    found, below = [], 0.0
    for look in LOOKS:
        height = round(getattr(step, look) * HEIGHT / top, 2)
        if height:
            below += height
            found.append(Piece(look, round(HEIGHT - below, 2), height))
    return tuple(found)


def _stormy(starts: datetime, ends: datetime, storms: Sequence[MonitorStorm]) -> bool:
    return any(
        each.raised_at < ends and (each.ended_at is None or each.ended_at > starts)
        for each in storms
    )


def _line(steps: Sequence[Step], top: int) -> str:
    """The usual as a line of steps; it begins anew where nothing is known."""
    path, drawn = [], False
    for number, each in enumerate(steps):
        if each.usual is None:
            drawn = False
            continue
        y = round(HEIGHT - each.usual * HEIGHT / top, 2)
        left = number * (WIDTH + GAP)
        right = left + WIDTH + (GAP if number + 1 < len(steps) else 0)
        path.append(f"{'L' if drawn else 'M'}{left} {y}H{right}")
        drawn = True
    return "".join(path)


def _in_words(steps: Sequence[Step]) -> str:
    heard = sum(each.heard for each in steps)
    if not heard:
        return "Nothing was heard."
    most = max(steps, key=lambda each: each.heard)
    known = [each.usual for each in steps if each.usual is not None]
    words = f"{heard} posts, {most.heard} in the busiest step"
    return f"{words}; {sum(known):.0f} would be usual." if known else f"{words}."
