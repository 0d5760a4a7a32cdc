"""How the sources are doing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, QuerySet, Sum

from harken.domain.channels.models import ProcessBeat
from harken.domain.channels.sources import source_kinds
from harken.domain.listening.models_sources import ListeningSource, SourceCount, SourceSecret
from harken.kit import clock
from harken.kit.source_kinds import SourceKind

BEATS = "sources:"  # what the signs of life of their readers begin with
STREAM_BEATS = f"{BEATS}stream:"  # and of those that put what they read into a stream
MATCHER_BEATS = "matcher:"
MATCHED = "matched"  # not of a process: up to when posts of the stream have met the monitors
STREAM_AWAY = "stream: "  # what trouble begins with that is the stream's and not the network's
BEAT_LATE = timedelta(seconds=15)  # they beat every 5 s
MATCHED_LATE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

_WORDS = {
    "stopped": "Stopped",
    "waiting": "Waiting for the stream",
    "failing": "Not answering",
    "silent": "Silent",
    "starting": "Starting",
    "listening": "Listening",
    "paused": "Paused",
}
_ADVICE = {
    "waiting": "The stream engine takes no posts, so this source waits where it is; nothing is "
    "lost. It goes on by itself. “harken doctor” says what is wrong with the engine.",
    "failing": "We try again by ourselves, at least every two minutes, and read what we missed. "
    "If it lasts, look whether its site can be reached.",
    "silent": "It should have said something by now. Check that “harken listen” is running.",
    "paused": "Nothing is read. It goes on where it stopped, as far back as its network keeps "
    "posts.",
}


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """One source as the page shows it. `advice` is what a person can do, or empty.

    `hour` posts came in the last hour, `day` in the last day, and `hits` of these were new hits.
    """

    source: ListeningSource
    kind: SourceKind | None
    state: str  # stopped | waiting | failing | silent | starting | listening | paused
    word: str
    advice: str
    hour: int = 0
    day: int = 0
    hits: int = 0

    @property
    def said(self) -> str:
        """The trouble in the words of whoever has it, the network or the stream engine."""
        return self.source.trouble.removeprefix(STREAM_AWAY)

    @property
    def away(self) -> bool:
        """Whether it was not read for a while lately; the source says when and why."""
        until = self.source.away_until
        return until is not None and until > clock.now() - DAY

    @property
    def away_why(self) -> str:
        """What broke it then, in the words of whoever did; empty when nobody read it."""
        return self.source.away_why.removeprefix(STREAM_AWAY)

    @property
    def settings(self) -> list[tuple[str, str]]:
        """What it was given, as label and value; without the empty ones."""
        asked = self.kind.open_settings if self.kind else ()
        given = [(each, str(self.source.settings.get(each.name, ""))) for each in asked]
        return [
            (each.label, dict(each.choices).get(value, value)) for each, value in given if value
        ]


@dataclass(frozen=True, slots=True)
class WayOfPosts:
    """How posts of sources get to the monitors: over a stream when `until` is told, else at once.

    `until`: up to when what was put into the stream has met the monitors.
    """

    until: datetime | None
    matchers: int

    @property
    def behind(self) -> bool:
        """Whether the matchers that there are do not keep up."""
        return bool(self.matchers and self.until and self.until < clock.now() - MATCHED_LATE)


def sources_listed() -> QuerySet[ListeningSource]:
    """Every source that was not taken out; `has_secret` says whether one is stored."""
    return ListeningSource.objects.filter(retired_at=None).annotate(
        has_secret=Exists(SourceSecret.objects.filter(source=OuterRef("pk")))
    )


def sources_health() -> list[SourceHealth]:
    """Every source with its health, those that need somebody first."""
    rows = list(sources_listed())
    day, hour = _counted(DAY), _counted(HOUR)
    found = [_health(row, hour.get(row.pk, (0, 0))[0], *day.get(row.pk, (0, 0))) for row in rows]
    order = list(_WORDS)
    return sorted(found, key=lambda each: order.index(each.state))


def source_health(source: ListeningSource) -> SourceHealth:
    """The health of one."""
    hour, day = _counted(HOUR, source), _counted(DAY, source)
    return _health(source, hour.get(source.pk, (0, 0))[0], *day.get(source.pk, (0, 0)))


def somebody_reads() -> bool:
    """Whether a process that reads sources is alive."""
    fresh = clock.now() - BEAT_LATE
    return ProcessBeat.objects.filter(name__startswith=BEATS, at__gte=fresh).exists()


def matched_until() -> datetime | None:
    """Up to when what sources put into the stream has met the monitors; None: they use none."""
    row = ProcessBeat.objects.filter(name=MATCHED).first()
    return row.at if row else None


def way_of_posts() -> WayOfPosts:
    """The way that posts of sources take now."""
    fresh = ProcessBeat.objects.filter(at__gte=clock.now() - BEAT_LATE)
    matchers = fresh.filter(name__startswith=MATCHER_BEATS).count()
    return WayOfPosts(matched_until(), matchers)


def _health(row: ListeningSource, hour: int, day: int, hits: int) -> SourceHealth:
    kind = source_kinds().get(row.kind)
    state = _state_of(row, kind)
    advice = _ADVICE.get(state, "")
    if state == "stopped":
        advice = kind.remedy if kind else "Take it out: nothing in this Harken reads its kind."
    return SourceHealth(row, kind, state, _WORDS[state], advice, hour, day, hits)


def _state_of(row: ListeningSource, kind: SourceKind | None) -> str:
    if not row.is_on:
        return "paused"
    if row.stopped_at:
        return "stopped"
    if row.trouble:
        return "waiting" if row.trouble.startswith(STREAM_AWAY) else "failing"
    patience = timedelta(seconds=kind.beat if kind else 60.0)
    if (row.last_heard_at or row.added_at) < clock.now() - patience:
        return "silent"
    return "listening" if row.last_heard_at else "starting"


def _counted(back: timedelta, source: ListeningSource | None = None) -> dict[int, tuple[int, int]]:
    """For each source how many posts came in the time just past, and how many hits."""
    rows = SourceCount.objects.filter(at__gt=clock.now() - back)
    if source is not None:
        rows = rows.filter(source=source)
    summed = rows.values("source").annotate(posts=Sum("heard"), found=Sum("hits")).order_by()
    return {row["source"]: (row["posts"], row["found"]) for row in summed}
