"""A watch as plain data and back: what it learnt in weeks survives a restart."""

from __future__ import annotations

from collections import deque
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from harken.domain.listening.trends.baseline import Baseline, Slot
from harken.domain.listening.trends.echoes import Echoes
from harken.domain.listening.trends.gauge import Gauge, Scatter, Step
from harken.domain.listening.trends.peaks import Peaks
from harken.domain.listening.trends.storm import NORMAL, Sensitivity, Storm, StormWatch

MOMENTS = ("raised", "told", "unusual")


def kept(watch: StormWatch) -> dict[str, Any]:
    """Everything but the sensitivity, fit for JSON; about 10 KB."""
    gauge, storm = watch.gauge, watch.storm
    return {
        "step": gauge.step.total_seconds(),
        "baseline": asdict(gauge.baseline) | {"zone": gauge.baseline.zone.key},
        "scatter": [asdict(each) for each in gauge.scatter],
        "allowed": gauge.allowed,
        "recent": [asdict(each) | {"start": each.start.isoformat()} for each in gauge.recent],
        "peaks": [asdict(each) for each in watch.peaks],
        "storm": storm and asdict(storm) | _moments(storm),
        "posts": watch.posts,
        "hours_known": watch.hours_known,
    }


def awake(data: dict[str, Any], sensitivity: Sensitivity = NORMAL) -> StormWatch:
    """The watch that `kept` gave this `data` of, before or after JSON."""
    base = dict(data["baseline"])
    for name in ("days", "weeks"):
        base[name] = [Slot(**each) for each in base[name]]
    base["zone"] = ZoneInfo(base.get("zone", "UTC"))  # which it was before it was written down
    gauge = Gauge(
        timedelta(seconds=data["step"]),
        Baseline(**base),
        [Scatter(**each) for each in data["scatter"]],
        deque(Step(**each | {"start": _moment(each["start"])}) for each in data["recent"]),
        data.get("allowed", 0.0),
    )
    return StormWatch(
        gauge,
        sensitivity,
        [Peaks(**each) for each in data["peaks"]],
        _storm(data["storm"]) if data["storm"] else None,
        data["posts"],
        data["hours_known"],
    )


def kept_echoes(echoes: Echoes) -> dict[str, Any]:
    """What is usual of echoes, fit for JSON; no word of a post, since posts may be erased."""
    return {
        "largest": echoes.largest,
        "today": echoes.today,
        "listened": echoes.listened.total_seconds(),
    }


def awake_echoes(data: dict[str, Any]) -> Echoes:
    """The echoes that `kept_echoes` gave this of, without a post; {} for new ones."""
    listened = timedelta(seconds=data.get("listened", 0.0))
    return Echoes(list(data.get("largest", ())), data.get("today", 0), listened)


def _moments(storm: Storm) -> dict[str, str]:
    return {name: getattr(storm, name).isoformat() for name in MOMENTS}


def _storm(data: dict[str, Any]) -> Storm:
    moments = {name: _moment(data[name]) for name in MOMENTS}
    return Storm(**data | moments | {"strongest": tuple(data["strongest"])})


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
