"""Storms are written down and told, in the transaction that read the minute which changed them."""

from __future__ import annotations

from datetime import datetime, timedelta

from harken.domain.journal.services import record
from harken.domain.listening.events import StormEnded, StormGrew, StormRaised
from harken.domain.listening.models import Monitor
from harken.domain.listening.models_storms import MonitorStorm
from harken.domain.listening.queries_storms import who_is_told
from harken.domain.listening.services.causes import cause_at
from harken.domain.listening.trends.storm import ALARMS, Change, Reading
from harken.domain.notifications.services.tell import notify

STORMS = "/manage/trends/storms/{}/"  # inside Harken
#: A storm found later, while minutes of an outage are read, is listed and wakes nobody.
TOLD_WITHIN = timedelta(hours=1)
#: A storm so many times as strong as when its cause was looked for may be about something else.
FRESH_CAUSE = 1.5
#: No team has this number: who sees every team hears of the event, and nobody else.
EVERY_TEAM_S = 0


def note_change(monitor: Monitor, reading: Reading, now: datetime) -> None:
    """Write down what a reading changed, and tell who should know. Needs an open transaction."""
    assert reading.storm is not None  # whatever changes is of a storm
    known = MonitorStorm.objects.filter(monitor=monitor, raised_at=reading.storm.raised)
    if reading.change in ALARMS:
        _alarm(monitor, reading, now)
    elif reading.change == Change.RESUMED:
        known.update(ended_at=None)
    else:
        for storm in known:
            _end(storm, reading.moment)


def follow(monitor: Monitor, reading: Reading) -> None:
    """Keep the strongest hour of a storm that goes on, and its cause as of about then."""
    hour = reading.last.posts
    known = MonitorStorm.objects.filter(monitor=monitor, ended_at=None, posts__lt=hour)
    for storm in known:
        if hour >= storm.cause_posts * FRESH_CAUSE:
            storm.cause, storm.cause_posts = cause_at(monitor, reading.moment), hour
        storm.posts, storm.usual = hour, reading.last.usual
        storm.save(update_fields=["posts", "usual", "cause", "cause_posts"])


def end_storm(monitor: Monitor, moment: datetime) -> None:
    """What goes on is over: nobody listens to this monitor's posts any more."""
    for storm in MonitorStorm.objects.filter(monitor=monitor, ended_at=None):
        _end(storm, moment)


def sentence(storm: MonitorStorm) -> str:
    """A storm in one line: of which monitor, how much, and about what."""
    usual = f"{storm.usual:.0f}" if storm.usual >= 1 else "less than 1"
    said = f"Storm: {storm.monitor.name}, {storm.posts} posts in an hour, usually {usual}"
    topics = [" ".join(f"“{term}”" for term in each[:1]) for each in storm.cause["topics"][:2]]
    if topics:
        said += f"; about {' and '.join(topics)}"
    turn = storm.cause["mood"]["turn"]
    return f"{said}; the mood is {turn}" if turn else said


def _alarm(monitor: Monitor, reading: Reading, now: datetime) -> None:
    assert reading.storm is not None
    storm, is_new = MonitorStorm.objects.update_or_create(
        monitor=monitor,
        raised_at=reading.storm.raised,
        defaults={
            "told_at": reading.moment,
            "ended_at": None,
            "posts": reading.last.posts,
            "usual": reading.last.usual,
            "cause_posts": reading.last.posts,
            "cause": cause_at(monitor, reading.moment),
        },
    )
    event = StormRaised if is_new else StormGrew
    record(event(monitor=monitor.pk, storm=storm.pk, teams=_teams(monitor)))
    if now - reading.moment <= TOLD_WITHIN:
        notify(
            "storm",
            to=who_is_told(monitor.team),
            text=sentence(storm),
            url=STORMS.format(storm.pk),
            urgent=True,
        )


def _end(storm: MonitorStorm, moment: datetime) -> None:
    storm.ended_at = moment
    storm.save(update_fields=["ended_at"])
    record(StormEnded(monitor=storm.monitor_id, storm=storm.pk, teams=_teams(storm.monitor)))


def _teams(monitor: Monitor) -> tuple[int, ...]:
    return (monitor.team_id or EVERY_TEAM_S,)
