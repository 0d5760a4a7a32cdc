"""What came of the day: the figures, the checks, and how they are written down."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from harken.config.simulate.books import Check
from harken.config.simulate.plan import MINUTE, Options
from harken.domain.insights.figures import Counted, Scale, spread, sums
from harken.domain.insights.reports.day import DayReport
from harken.domain.insights.turns import Fate
from harken.domain.sla.models import AppliedSLA, PromiseState


@dataclass(frozen=True, slots=True)
class Part:
    """The figures of a part of the day, times in simulated seconds."""

    name: str
    received: int
    answered: int
    dismissed: int
    open: int
    due: int
    within: int
    median: float | None
    p90: float | None
    p95: float | None

    @property
    def rate(self) -> float | None:
        """Answered within the minute, of those due; 0 to 1."""
        return self.within / self.due if self.due else None


@dataclass(slots=True)
class Result:
    """Everything that is said at the end."""

    options: dict[str, Any]
    whole: bool
    seconds: float
    total: Part
    calm: Part
    storm: Part
    hours: list[Part]
    checks: list[Check]
    did: dict[str, int]
    machine: dict[str, float | None] = field(default_factory=dict)

    @property
    def adds_up(self) -> bool:
        """Whether every check holds."""
        return all(check.holds for check in self.checks)

    def write(self, folder: Path) -> None:
        """`report.json` and `report.txt` into a folder."""
        (folder / "report.json").write_text(json.dumps(asdict(self), indent=1, default=str))
        (folder / "report.txt").write_text(self.text() + "\n")

    def text(self) -> str:
        """The report for people."""
        speed = self.options["speed"]
        head = (
            f"{self.options['agents']} agents, {self.options['conversations']} conversations, "
            f"a day of {self.options['hours']:g} h at {speed} times real speed "
            f"({self.seconds / 60:.1f} min)"
        )
        parts = [self.total, self.calm, self.storm, *self.hours]
        lines = [head + ("" if self.whole else ", cut short"), "", HEAD]
        lines += [_line(part) for part in parts if part.received]
        lines += ["", *_marks(self.checks), ""]
        lines += [f"{name}: {count}" for name, count in sorted(self.did.items())]
        lines += [
            f"{name}: {value:.2f}" for name, value in self.machine.items() if value is not None
        ]
        if speed > 1:
            lines += ["", SLOWER.format(speed=speed, undo=self.options["undo_seconds"])]
        return "\n".join(lines)


HEAD = (
    f"{'':<12}{'received':>9}{'answered':>9}{'closed':>8}{'open':>6}"
    f"{'in a minute':>13}{'p50':>7}{'p90':>7}{'p95':>7}"
)
SLOWER = (
    "All times are simulated. What the machine needs counts {speed}-fold, so a real day is better "
    "than this one; an answer could be taken back for {undo} s of the wall before it left."
)


def _line(part: Part) -> str:
    rate = "-" if part.rate is None else f"{100 * part.rate:.1f} %"
    times = "".join(_seconds(value) for value in (part.median, part.p90, part.p95))
    counts = f"{part.received:>9}{part.answered:>9}{part.dismissed:>8}{part.open:>6}"
    return f"{part.name:<12}{counts}{rate:>13}{times}"


def _seconds(value: float | None) -> str:
    return f"{'-':>7}" if value is None else f"{value:>5.0f} s"


def _marks(checks: Iterable[Check]) -> list[str]:
    return [f"{'holds' if e.holds else 'WRONG':<6} {e.name}: {e.said}" for e in checks]


def parts_of(report: DayReport, options: Options, began: datetime, now: datetime) -> list[Part]:
    """The whole day, the calm, the storm, and each twelfth of the day, by when a turn began."""
    scale = Scale(MINUTE / options.speed, now)

    def moment(each: Counted) -> float:
        return (each.turn.started_at - began).total_seconds() * options.speed

    turns = report.turns
    stormy = [each for each in turns if options.in_storm(moment(each))]
    calm = [each for each in turns if not options.in_storm(moment(each))]
    found = [("day", turns), ("calm", calm), ("storm", stormy)]
    for number in range(12):
        begin, end = (options.length * (number + n) / 12 for n in (0, 1))
        found.append((f"part {number + 1}", [e for e in turns if begin <= moment(e) < end]))
    found.append(("after hours", [e for e in turns if moment(e) >= options.length]))
    return [_part(name, chosen, scale, options.speed) for name, chosen in found]


def _part(name: str, turns: Sequence[Counted], scale: Scale, speed: int) -> Part:
    found = sums(turns, turns, scale)
    took = spread(
        speed * (each.turn.seconds or 0.0) for each in turns if each.turn.fate == Fate.ANSWERED
    )
    return Part(
        name=name,
        received=found.received,
        answered=found.answered,
        dismissed=found.dismissed,
        open=found.open,
        due=found.calendar.due,
        within=found.calendar.kept,
        median=took.median,
        p90=took.p90,
        p95=took.p95,
    )


def alarms() -> tuple[int, float | None]:
    """How many promises were breached, and the 95 % quantile of an alarm's lateness in seconds."""
    rang = AppliedSLA.objects.filter(state=PromiseState.BREACHED, alarmed_at__isnull=False)
    late = [
        (at - due).total_seconds()
        for at, due in rang.values_list("alarmed_at", "due_at")
        if at is not None and due is not None
    ]
    return len(late), spread(late).p95
