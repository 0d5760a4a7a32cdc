"""The day report: its numbers, the rows behind each of them, and both as a file."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from harken.domain.channels.models import Channel
from harken.domain.conversations.models import CloseReason, Topic
from harken.domain.insights.figures import Counted, Sums
from harken.domain.insights.queries import Narrowed, shown_turns
from harken.domain.insights.reports.day import (
    DayReport,
    Period,
    day_report,
    local_day,
    rows_behind,
)
from harken.domain.insights.reports.followups import followup_sums
from harken.domain.insights.reports.retracted import retracted
from harken.domain.people.models import Role, Team, User
from harken.domain.people.queries import answering_people
from harken.kit import clock
from harken.kit.ids import number_in
from harken.web import screen
from harken.web.access import Request, page
from harken.web.manage.bars import bars

REPORTERS = (Role.LEAD, Role.MANAGER, Role.EXECUTIVE)
MOST_ROWS = 300
PARTS = {"team": "By team", "topic": "By topic", "agent": "By agent", "channel": "By channel"}
WHAT = {
    "received": "Received",
    "answered": "Answered",
    "dismissed": "Closed without an answer",
    "open": "Still open",
    "within": "Answered within the minute",
    "late": "Due, and not answered within the minute",
    "kept": "Promises kept",
    "breached": "Promises broken",
    "pending": "Promises still running",
}
COLUMNS = ("received", "answered", "closed", "open", "due", "in the minute", "rate")
FIRST_YEAR = 1970


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for."""

    day: date
    period: Period
    narrowed: Narrowed

    def address(self, name: str, **changes: object) -> str:
        """A page of this report with the same filters; a value of None is left out."""
        kept: dict[str, object] = {"date": self.day.isoformat()}
        kept |= {part: getattr(self.narrowed, part) for part in PARTS} | changes
        said = {key: value for key, value in kept.items() if value is not None}
        return f"{reverse(name)}?{urlencode(said)}"


@page(*REPORTERS)
def day(request: Request) -> HttpResponse:
    """The numbers of a day, of what the reader may see."""
    asked = _asked(request)
    found = day_report(request.user, asked.period, asked.narrowed)
    context = screen.frame_context(request) | {
        "asked": asked,
        "report": found,
        "taken_back": retracted(request.user, asked.period, asked.narrowed),
        "promised": followup_sums(request.user, asked.period.start, asked.period.end),
        "bars": bars([sums for _, sums in found.hours]),
        "hours": _hours(found),
        "parts": _parts(asked, found),
        "choices": _choices(request.user),
        "before": asked.address("manage:day", date=asked.day - timedelta(days=1)),
        "after": asked.address("manage:day", date=asked.day + timedelta(days=1)),
        "is_today": asked.day >= timezone.localtime(clock.now()).date(),
    }
    return screen.render(request, "manage/day.html", context)


@page(*REPORTERS)
def day_turns(request: Request) -> HttpResponse:
    """The rows behind one number: `what`, and `hour` (0 is the day's first) if given."""
    asked, what = _asked(request), request.GET.get("what", "received")
    if what not in WHAT:
        raise Http404(what)
    found = day_report(request.user, asked.period, asked.narrowed)
    number = number_in(request.GET.get("hour"))
    hours = asked.period.hours
    hour = hours[number][0] if number is not None and number < len(hours) else None
    behind = rows_behind(found, what, hour)
    context = screen.frame_context(request) | {
        "asked": asked,
        "what": WHAT[what],
        "hour": timezone.localtime(hour) if hour else None,
        "count": len(behind),
        "rows": _rows(request.user, behind[:MOST_ROWS]),
    }
    return screen.render(request, "manage/day_turns.html", context)


@page(*REPORTERS)
def day_csv(request: Request) -> HttpResponse:
    """The hours, the parts and the whole as comma separated values."""
    asked = _asked(request)
    found = day_report(request.user, asked.period, asked.narrowed)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    name = f"day-{asked.day.isoformat()}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    writer = csv.writer(response)
    writer.writerow(["part", "name", *COLUMNS])
    writer.writerow(["day", asked.day.isoformat(), *_cells(found.total)])
    for hour, sums in found.hours:
        writer.writerow(["hour", f"{timezone.localtime(hour):%H:%M}", *_cells(sums)])
    for part in _parts(asked, found):
        for row in part["rows"]:
            writer.writerow([part["key"], _harmless(row["name"]), *_cells(row["sums"])])
    back = retracted(request.user, asked.period, asked.narrowed)
    writer.writerow(["retracted", "taken back", back.asked])
    writer.writerow(["retracted", "put right", back.put_right])
    writer.writerow(["retracted", "still at the network", back.stays])
    writer.writerow(["version", found.version])
    return response


# --- what is asked ---------------------------------------------------------------------------


def _asked(request: HttpRequest) -> Asked:
    zone = timezone.get_current_timezone()
    today = timezone.localtime(clock.now()).date()
    try:
        chosen = date.fromisoformat(request.GET.get("date", ""))
    except ValueError:
        chosen = today
    if not FIRST_YEAR < chosen.year <= today.year + 1:
        chosen = today
    noon = datetime(chosen.year, chosen.month, chosen.day, 12, tzinfo=zone)
    narrowed = Narrowed(**{part: number_in(request.GET.get(part)) for part in PARTS})
    return Asked(chosen, local_day(noon, zone), narrowed)


def _choices(user: User) -> dict[str, list[tuple[str, str]]]:
    teams = Team.objects.all() if user.sees_all else user.teams.all()
    return {
        "team": [("", "every team"), *_named(teams)],
        "topic": [("", "every topic"), *_named(Topic.objects.all())],
        "agent": [("", "everybody"), *_named(answering_people())],
        "channel": [("", "every channel"), *_named(Channel.objects.all())],
    }


def _named(found: Any) -> list[tuple[str, str]]:
    return [(str(each.pk), str(each)) for each in found]


# --- what is shown ---------------------------------------------------------------------------


def _hours(found: DayReport) -> list[dict[str, Any]]:
    """The hours in which something happened, with their place in the day."""
    return [
        {"number": number, "name": f"{timezone.localtime(hour):%H:%M}", "sums": sums}
        for number, (hour, sums) in enumerate(found.hours)
        if sums.received or sums.calendar.due
    ]


def _parts(asked: Asked, found: DayReport) -> list[dict[str, Any]]:
    names: dict[str, dict[int | None, str]] = {
        "team": dict(Team.objects.values_list("pk", "name")),
        "topic": dict(Topic.objects.values_list("pk", "name")),
        "channel": {each.pk: str(each) for each in Channel.objects.all()},
        "agent": {each.pk: str(each) for each in User.objects.filter(pk__in=_people(found))},
    }
    nobody = {"team": "no team", "topic": "no topic", "agent": "nobody", "channel": ""}
    return [
        {
            "key": key,
            "title": title,
            "rows": [
                {
                    "name": names[key].get(number, nobody[key]),
                    "url": asked.address("manage:day", **{key: number}) if number else "",
                    "sums": sums,
                }
                for number, sums in found.parts[key].items()
            ],
        }
        for key, title in PARTS.items()
    ]


def _people(found: DayReport) -> list[int]:
    return [number for number in found.parts["agent"] if number is not None]


def _rows(user: User, counted: list[Counted]) -> list[dict[str, Any]]:
    messages = shown_turns(user, [each.turn.message for each in counted])
    people = {
        each.pk: str(each)
        for each in User.objects.filter(pk__in={each.turn.by for each in counted if each.turn.by})
    }
    reasons = dict(CloseReason.choices)
    return [
        {
            "message": messages[each.turn.message],
            "turn": each.turn,
            "by": people.get(each.turn.by or 0, ""),
            "reason": reasons.get(each.turn.reason, each.turn.reason),
        }
        for each in counted
        if each.turn.message in messages
    ]


def _cells(sums: Sums) -> list[object]:
    rate = sums.calendar.rate
    return [
        sums.received,
        sums.answered,
        sums.dismissed,
        sums.open,
        sums.calendar.due,
        sums.calendar.kept,
        "" if rate is None else f"{rate:.4f}",
    ]


def _harmless(text: str) -> str:
    """A name that a spreadsheet does not take for a formula."""
    return f"'{text}" if text[:1] in "=+-@\t\r" else text
