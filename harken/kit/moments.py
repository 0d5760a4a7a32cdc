"""A moment written the way people say it: `3h`, `morgen 9:30`, `vendredi 14h`, `1 dec`.

Words of five languages may be mixed (`harken.kit.moment_words`). Days without a time begin at
8:00; a day or time that is over today means the next one. All local arithmetic happens in the
writer's zone, so that nine o'clock is nine o'clock on both sides of a change of clocks.
"""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Protocol

from harken.kit.moment_words import (
    FILLERS,
    IN,
    LONGEST_PHRASE,
    MONTHS,
    NUMBERS,
    PHRASES,
    UNITS,
    WEEKDAYS,
)

LONGEST = 64  # characters
FURTHEST = timedelta(days=366)
EXAMPLES = "Write for example 3h, tomorrow 9:30, friday, 1 dec or next week."

MORNING, NOON, AFTERNOON, EVENING = time(8), time(12), time(13), time(19)
WEEKEND, END_OF_DAY = time(10), time(17)
_PARTS = {
    "morning": MORNING,
    "noon": NOON,
    "afternoon": AFTERNOON,
    "evening": EVENING,
    "eod": END_OF_DAY,
}
_MINUTES = {"minute": 1, "hour": 60, "halfhour": 30}
_DAYS = {"day": 1, "week": 7}


class WorkTime(Protocol):
    """When people work, for words such as `next business day`."""

    def after(self, start: datetime, seconds: float) -> datetime:
        """The moment when so many seconds of working time from `start` are over."""

    def opening(self, after: date) -> datetime:
        """When work begins on the first working day after that local day."""


class NotUnderstood(ValueError):
    """The words name no moment, or one that is over or too far away; the message says which."""


@dataclass(slots=True)
class _Said:
    """What the words came to. A moment is a day (or a length from now) and a time of that day."""

    day: str = ""
    weekday: int | None = None
    next: bool = False
    date: tuple[int | None, int, int] | None = None
    at: time | None = None
    part: str = ""
    minutes: int = 0
    days: int = 0
    months: int = 0
    work: tuple[str, int] | None = None
    numbers: list[int] = field(default_factory=list)

    @property
    def names_a_day(self) -> bool:
        return bool(self.day or self.weekday is not None or self.date or self.days or self.months)


def read_moment(text: str, *, now: datetime, zone: tzinfo, work: WorkTime) -> datetime:
    """The moment the text names, in UTC: later than `now` (aware), at most a year away.

    At most 64 characters are read, in a few microseconds each. Raises `NotUnderstood`.
    """
    local = now.astimezone(zone)
    said = _read(text)
    moment = _resolve(said, local, work)
    if moment <= now:
        raise NotUnderstood(f"That moment is over. {EXAMPLES}")
    if moment > now + FURTHEST:
        raise NotUnderstood("A year is the longest. Choose an earlier day.")
    return moment.astimezone(UTC)


# --- reading ---------------------------------------------------------------------------------

_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_CLOCK = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?(am|pm)|(\d{1,2})(?:[:.](\d{2})|h(\d{2}))")
_DATE = re.compile(r"(\d{1,2})[./](\d{1,2})(?:[./](\d{2}|\d{4})?)?")
_LENGTH = re.compile(r"(\d{1,3})([a-z]+)")
_AFTER_NUMBER = re.compile(r"(?<=\d)(?:st|nd|rd|th|er|e|eme)\b")
_PULLED_APART = re.compile(r"(\d)\s+(am|pm|h\d{2})\b")
_RUN_TOGETHER = re.compile(r"(?<=\dh)(?=\d+m)|(?<=-\d)t(?=\d)|(?<=-\d\d)t(?=\d)")
_ORDINAL_DOT = re.compile(r"(?<![./\d])(\d{1,2})\.(?=\s|$)")
_PART_OF_DAY = re.compile(r"(\w+?)(ochtend|middag|avond|morgen|vormittag|nachmittag|abend)")


def _plain(text: str) -> list[str]:
    if len(text) > LONGEST:
        raise NotUnderstood(f"That is too long. {EXAMPLES}")
    flat = unicodedata.normalize("NFKD", text.casefold().replace("ß", "ss").replace("’", "'"))
    bare = "".join(letter for letter in flat if not unicodedata.combining(letter))
    bare = bare.replace("a.m.", "am").replace("p.m.", "pm")
    bare = _PULLED_APART.sub(r"\1\2", _RUN_TOGETHER.sub(" ", bare))
    bare = _AFTER_NUMBER.sub("", _ORDINAL_DOT.sub(r"\1", bare))
    return re.sub(r"[,;!?()\"]", " ", bare).split()


def _read(text: str) -> _Said:
    words, said = _plain(text), _Said()
    if not words:
        raise NotUnderstood(EXAMPLES)
    start = 0
    while start < len(words):
        start += _phrase(words, start, said) or _word(words, start, said)
    if said.numbers:
        _bare_hour(said)
    return said


def _phrase(words: list[str], start: int, said: _Said) -> int:
    """Take the longest phrase that begins here; how many words that was."""
    for length in range(min(LONGEST_PHRASE, len(words) - start), 0, -1):
        meaning = PHRASES.get(" ".join(words[start : start + length]))
        if meaning is None or (words[start] in FILLERS and length == 1 and meaning == "this"):
            continue
        _mean(meaning, said)
        return length
    return 0


def _mean(meaning: str, said: _Said) -> None:
    if meaning in _PARTS:
        said.part = meaning
    elif meaning in {"next", "this"}:
        said.next = said.next or meaning == "next"
    elif meaning in {"workhour", "workday"}:
        said.work = (meaning, said.numbers.pop() if said.numbers else 1)
    elif meaning == "halfhour":
        said.minutes += _MINUTES[meaning]
        said.numbers = [number for number in said.numbers if number != 1]  # "a" half hour
    elif meaning.startswith("tomorrow") or meaning.startswith("this"):
        day = "tomorrow" if meaning.startswith("tomorrow") else "today"
        said.day, said.part = day, meaning.removeprefix("tomorrow").removeprefix("this")
    elif meaning == "tonight":
        said.day, said.part = "today", "evening"
    else:
        said.day = meaning


def _word(words: list[str], at: int, said: _Said) -> int:
    """Take the one word here. Raises `NotUnderstood`."""
    word = words[at]
    if word in {"morgen", "manana"}:  # tomorrow, and after the name of a day: in the morning
        if said.names_a_day:
            said.part = "morning"
        else:
            said.day = "tomorrow"
        return 1
    if word in IN or _number(word, said) or _unit(word, said) or _named(words, at, said):
        return 1
    if word in FILLERS:
        return 1
    raise NotUnderstood(f"“{word}” is not a time. {EXAMPLES}")


def _number(word: str, said: _Said) -> bool:
    if word.isascii() and word.isdigit() and len(word) <= 4:
        said.numbers.append(int(word))
    elif word in NUMBERS:
        said.numbers.append(NUMBERS[word])
    elif found := _ISO.fullmatch(word):
        said.date = (int(found[1]), int(found[2]), int(found[3]))
    elif found := _CLOCK.fullmatch(word):
        _clock(found, said)
    elif found := _DATE.fullmatch(word):
        year = int(found[3]) if found[3] else None
        century = 2000 if year is not None and year < 100 else 0
        said.date = (year and year + century, int(found[2]), int(found[1]))
    elif (found := _LENGTH.fullmatch(word)) and found[2] in UNITS:
        said.numbers.append(int(found[1]))
        _unit(found[2], said)
    else:
        return False
    return True


def _clock(found: re.Match[str], said: _Said) -> None:
    hour, minute = int(found[1] or found[4]), int(found[2] or found[5] or found[6] or 0)
    if found[3]:
        if not 1 <= hour <= 12:
            raise NotUnderstood(f"“{found[0]}” is not a time. {EXAMPLES}")
        hour = hour % 12 + (12 if found[3] == "pm" else 0)
    said.at = _time(hour, minute)


def _time(hour: int, minute: int = 0) -> time:
    if hour == 24 and minute == 0:
        hour, minute = 23, 59
    if not (0 <= hour < 24 and 0 <= minute < 60):
        raise NotUnderstood(f"{hour}:{minute:02} is not a time of day. {EXAMPLES}")
    return time(hour, minute)


def _unit(word: str, said: _Said) -> bool:
    """A length (`3 h`), or with a day the hour of it (`friday 14h`)."""
    unit = UNITS.get(word)
    if unit is None or (not said.numbers and word in FILLERS | set(WEEKDAYS)):
        return False
    count = said.numbers.pop() if said.numbers else 1
    if unit == "hour" and said.names_a_day:
        said.at = _time(count)
    elif unit in _MINUTES:
        said.minutes += count * _MINUTES[unit]
    elif unit in _DAYS:
        said.days += count * _DAYS[unit]
    else:
        said.months += count
    return True


def _named(words: list[str], at: int, said: _Said) -> bool:
    """The name of a day or a month; a month has its day before or after it."""
    word = words[at].rstrip(".")
    beside = said.numbers or (at + 1 < len(words) and words[at + 1].isdigit())
    if word in MONTHS and beside:
        if not said.numbers:
            said.numbers.append(int(words.pop(at + 1)))
        day, year = said.numbers.pop(), None
        if at + 1 < len(words) and re.fullmatch(r"20\d{2}", words[at + 1]):
            year = int(words.pop(at + 1))
        said.date = (year, MONTHS[word], day)
        return True
    joined = _PART_OF_DAY.fullmatch(word)
    if joined and joined[1] in WEEKDAYS:  # vrijdagmiddag
        word, said.part = joined[1], PHRASES.get(joined[2], "morning")
    if word in WEEKDAYS:
        said.weekday = WEEKDAYS[word]
        return True
    return False


def _bare_hour(said: _Said) -> None:
    """A number alone is an hour of the day: `tomorrow 9`, `um 9 Uhr`."""
    if len(said.numbers) > 1 or said.at is not None or said.minutes:
        raise NotUnderstood(EXAMPLES)
    hour = said.numbers.pop()
    later = said.part in {"afternoon", "evening"} and hour < 12
    said.at = _time(hour + 12 if later else hour)


# --- resolving -------------------------------------------------------------------------------


def _resolve(said: _Said, local: datetime, work: WorkTime) -> datetime:
    if said.work is not None:
        return _working(said.work, local, work)
    if said.day == "nextworkday":
        opens = work.opening(local.date())
        return _at(opens.astimezone(local.tzinfo).date(), said.at, local) if said.at else opens
    if said.minutes and not said.names_a_day:
        return local.astimezone(UTC) + timedelta(minutes=said.minutes)
    if said.date is not None:
        return _on_date(said, local)
    if said.weekday is not None:
        return _on_weekday(said, local)
    if said.days or said.months:
        return _after_days(said, local)
    return _on_day(said, local)


def _working(count: tuple[str, int], local: datetime, work: WorkTime) -> datetime:
    unit, number = count
    if not 1 <= number <= 366:
        raise NotUnderstood("A year is the longest. Choose an earlier day.")
    if unit == "workhour":
        return work.after(local, number * 3600)
    day = local.date()
    for _ in range(number):
        opens = work.opening(day)
        day = opens.astimezone(local.tzinfo).date()
    return opens


def _at(day: date, at: time | None, local: datetime, otherwise: time = MORNING) -> datetime:
    moment = datetime.combine(day, at or otherwise, local.tzinfo)
    # An hour that happens twice: the second one when the first is over.
    return moment if moment.astimezone(UTC) > local.astimezone(UTC) else moment.replace(fold=1)


def _time_of(said: _Said) -> time | None:
    if said.at is None and not said.part:
        return None
    at = said.at or _PARTS[said.part]
    if said.at and said.part in {"afternoon", "evening"} and at.hour < 12:
        return at.replace(hour=at.hour + 12)
    return at


def _on_date(said: _Said, local: datetime) -> datetime:
    year, month, day = said.date or (None, 1, 1)
    at = _time_of(said)
    try:
        moment = _at(date(year or local.year, month, day), at, local)
        if year is None and moment <= local:
            moment = _at(date(local.year + 1, month, day), at, local)
    except ValueError:
        raise NotUnderstood(f"There is no such day. {EXAMPLES}") from None
    return moment


def _on_weekday(said: _Said, local: datetime) -> datetime:
    at, today, weekday = _time_of(said), local.date(), said.weekday or 0
    if said.next or said.day == "nextweek":
        monday = today + timedelta(days=7 - today.weekday())
        return _at(monday + timedelta(days=weekday), at, local)
    return _next(weekday, at or MORNING, local)


def _after_days(said: _Said, local: datetime) -> datetime:
    """So many days from now at the time it is now, or at the time that was said."""
    if said.months > 12 or said.days > 366:
        raise NotUnderstood("A year is the longest. Choose an earlier day.")
    year, month = divmod(local.year * 12 + local.month - 1 + said.months, 12)
    day = min(local.day, monthrange(year, month + 1)[1])
    wanted = date(year, month + 1, day) + timedelta(days=said.days)
    moment = _at(wanted, _time_of(said) or local.time().replace(microsecond=0), local)
    return moment + timedelta(minutes=said.minutes)


def _on_day(said: _Said, local: datetime) -> datetime:
    at, today = _time_of(said), local.date()
    monday = today + timedelta(days=7 - today.weekday())
    match said.day:
        case "today":
            return _at(today, at, local, local.time()) if at else local + timedelta(hours=3)
        case "tomorrow" | "overtomorrow":
            return _at(today + timedelta(days=1 + (said.day == "overtomorrow")), at, local)
        case "nextweek":
            return _at(monday, at, local)
        case "nextmonth":
            first = (today.replace(day=1) + timedelta(days=32)).replace(day=1)
            return _at(first, at, local)
        case "eow":
            return _next(4, at or END_OF_DAY, local)
        case "weekend":
            return _next(5, at or WEEKEND, local)
    if at is None:
        raise NotUnderstood(EXAMPLES)
    moment = _at(today, at, local)
    return moment if moment > local else _at(today + timedelta(days=1), at, local)


def _next(weekday: int, at: time, local: datetime) -> datetime:
    day = local.date() + timedelta(days=(weekday - local.weekday()) % 7)
    moment = _at(day, at, local)
    return moment if moment > local else _at(day + timedelta(days=7), at, local)
