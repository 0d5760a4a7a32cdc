"""A watch on invented weeks, and its alarms."""

from __future__ import annotations

from datetime import datetime

from benchmarks.invented_weeks import STEP
from harken.domain.listening.trends.gauge import Gauge
from harken.domain.listening.trends.storm import Change, Reading, Sensitivity, StormWatch


def watch(sensitivity: Sensitivity | None = None) -> StormWatch:
    return StormWatch(Gauge(STEP), sensitivity or Sensitivity())


def raised(readings: list[Reading]) -> list[datetime]:
    return [each.moment for each in readings if each.change is Change.RAISED]
