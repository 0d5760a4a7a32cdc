"""Storms are written down and told, in the transaction that read the minute which changed them."""

from __future__ import annotations

from datetime import datetime, timedelta
from math import ceil

from harken.domain.journal.services import record
from harken.domain.listening.events import StormEnded, StormGrew, StormRaised
from harken.domain.listening.models import Monitor
from harken.domain.listening.models_storms import MonitorStorm
from harken.domain.listening.queries_storms import who_is_told
from harken.domain.listening.services.causes import cause_at
from harken.domain.listening.trends.echoes import Spread
from harken.domain.listening.trends.storm import ALARMS, Change, Reading
from harken.domain.notifications.services.tell import notify

MINUTE = timedelta(minutes=1)
STORMS = "/manage/trends/storms/{}/"  # inside Harken
#: A storm found later, while minutes of an outage are read, is listed and wakes nobody.
TOLD_WITHIN = timedelta(hours=1)
#: A storm so many times as strong as when its cause was looked for may be about something else.
FRESH_CAUSE = 1.5
#: No team has this number: who sees every team hears of the event, and nobody else.
EVERY_TEAM_S = 0


def note_change(monitor: Monitor, reading: Reading, spread: Spread | None, now: datetime) -> None:
    """Write down what a reading changed, and tell who should know. Needs an open transaction.

    `spread`: the text that most people repeat, if one spreads.
    """
    assert reading.storm is not None  # whatever changes is of a storm
    known = MonitorStorm.objects.filter(monitor=monitor, raised_at=reading.storm.raised)
    if reading.change in ALARMS:
        _alarm(monitor, reading, spread, now)
    elif reading.change == Change.JOINED:
        for storm in known:
            storm.loud_at = reading.moment
            _renew(storm, reading, spread)
            storm.save()
    elif reading.change == Change.RESUMED:
        known.update(ended_at=None)
    else:
        for storm in known:
            _end(storm, reading.moment)


def follow(monitor: Monitor, reading: Reading, spread: Spread | None) -> None:
    """Keep the strongest hour of a storm that goes on, and its cause as of about then."""
    hour = reading.last.posts
    for storm in MonitorStorm.objects.filter(monitor=monitor, ended_at=None):
        wider = _wider(storm, spread)
        if hour >= storm.cause_posts * FRESH_CAUSE:
            _renew(storm, reading, spread)
        elif hour > storm.posts:
            storm.posts, storm.usual = hour, reading.last.usual
        elif not wider:
            continue
        storm.cause |= wider
        storm.save()


def end_storm(monitor: Monitor, moment: datetime) -> None:
    """What goes on is over: nobody listens to this monitor's posts any more."""
    for storm in MonitorStorm.objects.filter(monitor=monitor, ended_at=None):
        _end(storm, moment)


def sentence(storm: MonitorStorm) -> str:
    """A storm in one line: of which monitor, how much, and about what."""
    said = f"Storm: {storm.monitor.name}, {_how_much(storm)}"
    topics = [" ".join(f"“{term}”" for term in each[:1]) for each in storm.cause["topics"][:2]]
    if topics:
        said += f"; about {' and '.join(topics)}"
    turn = storm.cause["mood"]["turn"]
    return f"{said}; the mood is {turn}" if turn else said


def _how_much(storm: MonitorStorm) -> str:
    if storm.loud_at is None:
        return f"the same text is spreading: {storm.spread}"
    usual = f"{storm.usual:.0f}" if storm.usual >= 1 else "less than 1"
    said = f"{storm.posts} posts in an hour, usually {usual}"
    return f"{said}; the same text {storm.spread}" if storm.spread else said


def _alarm(monitor: Monitor, reading: Reading, spread: Spread | None, now: datetime) -> None:
    course = reading.storm
    assert course is not None
    storm = MonitorStorm.objects.filter(monitor=monitor, raised_at=course.raised).first()
    event = StormGrew if storm else StormRaised
    storm = storm or MonitorStorm(monitor=monitor, raised_at=course.raised)
    storm.told_at, storm.ended_at = reading.moment, None
    if course.loud and storm.loud_at is None:
        storm.loud_at = reading.moment
    _renew(storm, reading, spread)
    storm.save()
    record(event(monitor=monitor.pk, storm=storm.pk, teams=_teams(monitor)))
    if now - reading.moment <= TOLD_WITHIN:
        notify(
            "storm",
            to=who_is_told(monitor.team),
            text=sentence(storm),
            url=STORMS.format(storm.pk),
            urgent=True,
        )


def _renew(storm: MonitorStorm, reading: Reading, spread: Spread | None) -> None:
    """The cause as of this minute; the widest spread of a text is kept."""
    known = {"spread": storm.cause["spread"]} if "spread" in storm.cause else {}
    wider = _wider(storm, spread)
    storm.posts, storm.usual = reading.last.posts, reading.last.usual
    storm.cause_posts = reading.last.posts
    storm.cause = cause_at(storm.monitor, reading.moment) | known | wider


def _wider(storm: MonitorStorm, spread: Spread | None) -> dict[str, dict[str, int]]:
    """How a text spreads now, if more people say it than any before in this storm."""
    if spread is None or spread.people <= storm.cause.get("spread", {}).get("people", 0):
        return {}
    minutes = max(1, ceil((spread.until - spread.since) / MINUTE))
    return {
        "spread": {
            "mention": int(spread.first.id),
            "posts": spread.posts,
            "people": spread.people,
            "minutes": minutes,
        }
    }


def _end(storm: MonitorStorm, moment: datetime) -> None:
    storm.ended_at = moment
    storm.save(update_fields=["ended_at"])
    record(StormEnded(monitor=storm.monitor_id, storm=storm.pk, teams=_teams(storm.monitor)))


def _teams(monitor: Monitor) -> tuple[int, ...]:
    return (monitor.team_id or EVERY_TEAM_S,)
