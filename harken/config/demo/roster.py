"""The demo's rosters: who is on in each team, who is called at night, and one gap to find.

Everything is done by the people of the company through the services, as on the page. The visitor
is on at every hour, so that whoever opens the demo finds themselves at work.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from harken.config.demo.company import VISITOR
from harken.domain.people.models import Team, User
from harken.domain.roster.models import Layer, LayerKind, Reason, Shift
from harken.domain.roster.services.absence import add_absence
from harken.domain.roster.services.cover import add_cover
from harken.domain.roster.services.handover import write_handover
from harken.domain.roster.services.layers import LayerTerms, add_layer
from harken.domain.roster.services.shifts import ShiftTerms, add_shift
from harken.domain.roster.services.swaps import ask_swap
from harken.domain.sla.services.hours import Opening, add_hours
from harken.kit import clock

ZONE, COUNTRY = "Europe/Amsterdam", "NL"
DAY = timedelta(days=1)
MONDAY_TO_FRIDAY, EVERY_DAY = (0, 1, 2, 3, 4), (0, 1, 2, 3, 4, 5, 6)
SATURDAY, SUNDAY = (5,), (6,)
EARLY, LATE, OFFICE = (8 * 60, 16 * 60 + 30), (12 * 60, 20 * 60), (9 * 60, 18 * 60)
WEEKEND, NIGHT, ALWAYS = (10 * 60, 18 * 60), (20 * 60, 32 * 60), (0, 24 * 60)

#: team -> who is at the desk when
DESKS = {
    "service": (
        (VISITOR, ALWAYS, EVERY_DAY),
        ("ben", EARLY, MONDAY_TO_FRIDAY),
        ("aylin", LATE, MONDAY_TO_FRIDAY),
        ("lena", OFFICE, MONDAY_TO_FRIDAY),
        ("ben", WEEKEND, SATURDAY),
        ("aylin", WEEKEND, SUNDAY),
    ),
    "billing": (
        ("bea", EARLY, MONDAY_TO_FRIDAY),
        ("hugo", LATE, MONDAY_TO_FRIDAY),
        ("olga", OFFICE, MONDAY_TO_FRIDAY),
        ("bea", WEEKEND, SATURDAY),
    ),
    "technical": (
        ("tariq", EARLY, MONDAY_TO_FRIDAY),
        ("sofie", LATE, MONDAY_TO_FRIDAY),
        ("greta", OFFICE, MONDAY_TO_FRIDAY),
        ("tariq", WEEKEND, SATURDAY),
        ("sofie", WEEKEND, SUNDAY),
    ),
    "communication": (
        ("ines", EARLY, MONDAY_TO_FRIDAY),
        ("jules", LATE, (0, 2, 4)),
        ("clara", OFFICE, MONDAY_TO_FRIDAY),
    ),
    "product": (
        ("nils", EARLY, MONDAY_TO_FRIDAY),
        ("jules", LATE, (1, 3)),
        ("rosa", OFFICE, MONDAY_TO_FRIDAY),
    ),
}
#: team -> who is called first at night, and who after them
NIGHTS = {
    "service": ("ben", "lena"),
    "billing": ("bea", "olga"),
    "technical": ("sofie", "greta"),
    "communication": ("ines", "clara"),
    "product": ("nils", "rosa"),
}
NEEDED = {"service": 2, "billing": 2, "technical": 1, "communication": 1, "product": 1}
NOTE = (
    "The two parcels to Antwerp left the depot at noon; whoever asks can be told so. The workshop "
    "in Ghent has one free slot tomorrow at 10:30, I have promised it to nobody yet."
)


def load_rosters() -> None:
    """Plan every team in; needs the company's people and an open transaction."""
    people = {person.username: person for person in User.objects.all()}
    maren = people["maren"]
    desk_hours = add_hours(
        Opening(name="Desk hours", zone=ZONE, country=COUNTRY, week=[[(540, 1080)]] * 5 + [[], []]),
        by=maren,
    )
    today = clock.now().astimezone(ZoneInfo(ZONE)).date()
    first = today - (today.weekday() + 7) * DAY  # the week before can be looked at too
    for team in Team.objects.all():
        _desk(team, people, first)
        _nights(team, people, first)
        add_cover(team, NEEDED[team.slug], hours=desk_hours, by=maren)
    _what_happens(people, today)


def _desk(team: Team, people: dict[str, User], first: date) -> None:
    terms = LayerTerms(name="Desk", zone=ZONE, country="" if team.slug == "service" else COUNTRY)
    layer = add_layer(team, terms, by=people["maren"])
    for name, times, days in DESKS[team.slug]:
        _plan(layer, people[name], times, days, first)


def _nights(team: Team, people: dict[str, User], first: date) -> None:
    for name, who in zip(("Nights", "Nights, second"), NIGHTS[team.slug], strict=True):
        terms = LayerTerms(name=name, zone=ZONE, kind=LayerKind.ON_CALL)
        layer = add_layer(team, terms, by=people["maren"])
        _plan(layer, people[who], NIGHT, EVERY_DAY, first)


def _plan(
    layer: Layer, person: User, times: tuple[int, int], days: tuple[int, ...], first: date
) -> None:
    terms = ShiftTerms(person=person, first_day=first, start=times[0], end=times[1], weekdays=days)
    add_shift(layer, terms, by=User.objects.get(username="maren"))


def _what_happens(people: dict[str, User], today: date) -> None:
    """Hugo is away on a day soon, so Billing lacks somebody; Ben wants a Saturday off."""
    away = next(day for day in _days(today + 2 * DAY) if day.weekday() in MONDAY_TO_FRIDAY)
    begin = datetime(away.year, away.month, away.day, tzinfo=ZoneInfo(ZONE))
    add_absence(people["hugo"], begin, begin + DAY, reason=Reason.HOLIDAY, by=people["olga"])
    saturday = next(day for day in _days(today + DAY) if day.weekday() in SATURDAY)
    shift = Shift.objects.get(
        layer__team__slug="service", person=people["ben"], weekdays=list(SATURDAY)
    )
    ask_swap(shift, saturday, to=None, by=people["ben"])
    write_handover(Team.objects.get(slug="service"), NOTE, by=people["aylin"])


def _days(first: date) -> list[date]:
    return [first + number * DAY for number in range(8)]
