"""What somebody typed into the form of a monitor, and what is drawn of its preview."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from harken.domain.conversations.models import Topic
from harken.domain.listening.language.builder import composed
from harken.domain.listening.language.errors import QueryError
from harken.domain.listening.models import Alarm, Monitor, MonitorKind
from harken.domain.listening.queries import Preview
from harken.domain.listening.services.monitors import Wanted
from harken.domain.people.models import Brand, Team
from harken.kit.ids import id_in

AROUND = 32  # characters shown before and after the place of an error
WIDTH, GAP, HEIGHT = 12, 3, 48  # of a day's bar, between two, of the drawing; in its own units


@dataclass(slots=True)
class Typed:
    """The form as it was sent; everything is text, also the ids."""

    name: str = ""
    kind: str = MonitorKind.BRAND.value
    query: str = ""
    brand: str = ""
    topic: str = ""
    team: str = ""
    alarm: str = Alarm.NORMAL.value
    at_once: str = ""
    any_of: str = ""
    all_of: str = ""
    none_of: str = ""
    lang: str = ""

    def wanted(self) -> Wanted:
        """The monitor these values describe; unknown ids stand for nothing."""
        return Wanted(
            name=self.name,
            kind=self.kind,
            query=self.query,
            brand=Brand.objects.filter(pk=id_in(self.brand)).first(),
            topic=Topic.objects.filter(pk=id_in(self.topic)).first(),
            team=Team.objects.filter(pk=id_in(self.team)).first(),
            alarm=self.alarm or Alarm.NORMAL,
            at_once=self.at_once == "on",
        )

    def build(self) -> None:
        """Make the query of the lists; an empty one leaves what was typed."""
        lang = self.lang.strip().lower()
        is_code = lang.isascii() and lang.isalpha() and len(lang) in (2, 3)
        made = composed(self.any_of, self.all_of, self.none_of, lang if is_code else "")
        self.query = made or self.query


def typed(values: Mapping[str, str]) -> Typed:
    """The form as it was sent; browsers send a line's end as two characters, columns count one."""
    sent = {name: values.get(name, "").replace("\r\n", "\n") for name in Typed.__dataclass_fields__}
    return Typed(**sent)


def said(monitor: Monitor) -> Typed:
    """The form of a monitor as it is stored."""
    return Typed(
        name=monitor.name,
        kind=monitor.kind,
        query=monitor.query,
        brand=str(monitor.brand_id or ""),
        topic=str(monitor.topic_id or ""),
        team=str(monitor.team_id or ""),
        alarm=monitor.alarm,
        at_once="on" if monitor.at_once else "",
    )


def choices() -> dict[str, list[tuple[str, str]]]:
    """What the selects offer."""
    topics = Topic.objects.filter(retired_at=None)
    return {
        "kind": [(value, str(label)) for value, label in MonitorKind.choices],
        "alarm": [(value, str(label)) for value, label in Alarm.choices],
        "brand": [("", "no brand"), *((str(b.pk), b.name) for b in Brand.objects.order_by("name"))],
        "topic": [("", "no topic"), *((str(t.pk), t.name) for t in topics)],
        "team": [("", "no team"), *((str(t.pk), t.name) for t in Team.objects.order_by("name"))],
    }


@dataclass(frozen=True, slots=True)
class Fault:
    """An error as it is shown: the place between what stands around it."""

    error: QueryError
    before: str
    there: str
    after: str


def fault(query: str, error: QueryError) -> Fault:
    """Where in `query` an error is; three dots stand for what is cut off."""
    start, end = error.column - 1, error.column - 1 + error.length
    before, there, after = query[:start], query[start:end], query[end:]
    if len(there) > AROUND:
        there, after = there[:AROUND], there[AROUND:] + after
    return Fault(
        error,
        before if len(before) <= AROUND else f"…{before[-AROUND:]}",
        there,
        after if len(after) <= AROUND else f"{after[:AROUND]}…",
    )


@dataclass(frozen=True, slots=True)
class Drawing:
    """One bar a day (its x, y and height), how wide all are, and what they say in words."""

    bars: tuple[tuple[int, float, float], ...]
    width: int
    height: int
    words: str


def drawing(preview: Preview) -> Drawing:
    """How many a day, as bars."""
    most = max((count for _, count in preview.days), default=0)
    bars = tuple(
        (number * (WIDTH + GAP), HEIGHT * (1 - count / most), HEIGHT * count / most)
        for number, (_, count) in enumerate(preview.days if most else [])
    )
    return Drawing(bars, len(preview.days) * (WIDTH + GAP), HEIGHT, _in_words(preview.days, most))


def _in_words(days: list[tuple[date, int]], most: int) -> str:
    if not most:
        return "Nothing on any day."
    busiest = next(day for day, count in days if count == most)
    quiet = sum(count == 0 for _, count in days)
    return (
        f"Over {len(days)} days: most on {busiest.day} {busiest:%B} with {most}, "
        f"nothing on {quiet} of the days."
    )
