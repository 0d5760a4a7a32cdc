"""Finding in an answer what its writer promises, and by when: `I'll get back to you by Friday`.

A promise is what the check on promises without a date calls one; its moment is read by
`harken.kit.moments`, so it may be written in English, Dutch, German, French or Spanish. Nothing
here is sure of itself: what is found is offered to the writer, who says whether it is so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from harken.domain.replies.checks.undated import PROMISE
from harken.domain.replies.checks.words import bare, folded
from harken.kit.moment_words import FILLERS, IN, MONTHS, NUMBERS, PHRASES, UNITS, WEEKDAYS
from harken.kit.moments import NotUnderstood, WorkTime, read_moment

LONGEST_WINDOW = 8  # words a moment is written with
SOONEST = timedelta(minutes=5)  # what is done in a minute needs no reminder
END_OF_WORK = "17:00"  # by Friday: before the shop closes on it


@dataclass(frozen=True, slots=True)
class Found:
    """One promise: the sentence it stands in, its place in the text, and by when (UTC)."""

    what: str
    starts: int
    ends: int
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Clock:
    """By what the words are read: from when (aware), in which zone, and when people work."""

    now: datetime
    zone: tzinfo
    work: WorkTime


def promises_in(text: str, by: Clock) -> list[Found]:
    """The dated promises of an answer, as they come; one for a sentence at most."""
    found: list[Found] = []
    sentences = list(_sentences(bare(text)))
    for number, (start, sentence) in enumerate(sentences):
        if not _promises(sentence):
            continue
        after = sentences[number + 1][1] if number + 1 < len(sentences) else ""
        due = moment_in(sentence, by)
        if due is None and not _promises(after):
            due = moment_in(after, by)  # We look at it. By Friday you know more.
        if due is not None and due - by.now >= SOONEST:
            said = text[start : start + len(sentence)]
            left = start + len(said) - len(said.lstrip())
            said = said.strip()
            found.append(Found(said, left, left + len(said), due))
    return found


# --- promises --------------------------------------------------------------------------------

# A full stop after a number belongs to a date: am 3. Dezember.
_END = re.compile(r"(?:(?<!\d)(?<![ap]\.m)(?<![ap])\.|[!?])(?=\s|$)|\.(?=\s+[A-Z]\w+ )|\n|$")
_NOT = re.compile(
    r"\b(?:not|never|no longer|nobody|cannot|won['’]t|can['’]t|unable|niet|nooit|geen"
    r"|nicht|nie|keine?n?|pas|jamais|plus|nunca|no)\b",
    re.IGNORECASE,
)
# What PROMISE leaves out because a reader of it has no date to look for.
_MORE = re.compile(
    r"\b(?:expect (?:an answer|a call|news|our (?:answer|call))|you(?:['’]ll| will) (?:have|know)"
    r"|(?:we|i) (?:promise|get back|aim|plan) |(?:i|we)(?:['’]ll| will) (?:be )?\w+ing\b"
    r"|(?:i|we)(?:['’]ll| will) (?:have|give|make|tell|answer|come|look|phone|mail|email|deliver)"
    r"|(?:je|u|jullie) (?:hebt|heeft|weet|weten)\b"
    r"|(?:ik|wij|we) (?:beloof|beloven|reageer|bel|bellen|sturen|"
    r"reageren|antwoord|geef|geven|mail|mailen|kijk|kijken|stuur|breng|meld|lever|leveren|betaal)"
    r"|een collega (?:belt|stuurt|mailt|schrijft|kijkt|reageert)\b"
    r"|(?:hoort|horen|krijgt|krijgen|hoor|krijg|ontvangt|ontvang) (?:je|u|jullie)"
    r"|(?:laat|laten|bel|bellen|kom|komen|stuur|sturen|zoek|zoeken|reageren|mailen) (?:ik|we|wij) "
    r"|(?:melde|melden|rufe|rufen|kläre|klären|schicke|schicken|prüfe|prüfen|antworte|antworten"
    r"|schreibe|schreiben|gebe|geben|sende|senden|werde|werden|liefern|erstatten) (?:ich|wir)\b"
    r"|(?:ich|wir) (?:antworte|verspreche|liefer|erstatte|mache|rufe|melde|schaue|versprech)n?\b"
    r"|(?:wir|ich) (?:rufen|melden|schicken|prüfen|antworten|schreiben|geben|senden|werden|halten"
    r"|fragen|erstatten|liefern|machen|schauen)\b"
    r"|(?:hören|bekommen|erhalten|wissen) (?:sie|ihr)\b|(?:hörst|bekommst|erhältst|weißt) du\b"
    r"|(?:du|sie|ihr) (?:weißt|wissen|hört|bekommt|hast|haben) "
    r"|(?:je|nous|on) (?:vous |te |t['’]|lui )?(?:promets|promettons|réponds|répondons|appelle|"
    r"appelons|écris|écrivons|donne|donnons|livrons|rembourse|remboursons|regarde|regardons)\b"
    r"|(?:tu|vous) (?:aurez|auras|saurez|sauras|recevras|recevrez)\b"
    r"|réponse (?:d['’]ici|avant|sous)"
    r"|(?:te|le|os|les|lo|la) (?:damos|doy|respondo|respondemos|contesto|contestamos|devolvemos"
    r"|digo|decimos|mando|mandamos|contactamos|prometo|prometemos|entregamos|llegará)\b"
    r"|(?:tendrá|tendrás|sabrá|sabrás|recibirás|recibirá)[sn]?\b|(?:vamos|voy) a \w+"
    r"|(?:contestaré|responderé|llamaré|escribiré|enviaré|daré|avisaré|\w+aremos|\w+eremos"
    r"|\w+iremos)\b)",
    re.IGNORECASE,
)


def _sentences(text: str) -> Iterator[tuple[int, str]]:
    start = 0
    for end in _END.finditer(text):
        if text[start : end.end()].strip():
            yield start, text[start : end.end()]
        start = end.end()


def _promises(sentence: str) -> bool:
    """Whether we say that we will do something; asking, and what we will not do, are none."""
    if "?" in sentence:
        return False
    said = PROMISE.search(sentence) or _MORE.search(sentence)
    return said is not None and not _NOT.search(sentence[: said.end() + 12])


# --- moments ---------------------------------------------------------------------------------

# Two or three letters that mean a day in one language are a word of their own in another.
_UNSURE = {day for day in WEEKDAYS if len(day) <= 3} - {"fri", "thu", "tue", "wed"}
_UNSURE |= {"m", "d", "w", "min", "mar"}
_WEAK = {"this", "next", "morning", "evening", "afternoon", "noon"}
_STRONG = {words for words, meaning in PHRASES.items() if meaning not in _WEAK}
_DAYS = {day for day in WEEKDAYS if day not in _UNSURE}


def _either(words: set[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


_JOINED = "ochtend|middag|avond|morgen|vormittag|nachmittag|abend"
_COUNT = rf"(?:\d{{1,3}}|{_either(set(NUMBERS))}|a|the|der|de l'|l'|half)"
_ANCHOR = re.compile(
    rf"\b(?:(?:{_either(_DAYS)})(?:{_JOINED})?|{_either(_STRONG)}|manana|morgen)\b"
    rf"|\b{_COUNT}\s?(?:{_either(set(UNITS) - _UNSURE)})\b"
    rf"|\b\d{{1,2}}(?:\.|st|nd|rd|th|er)? (?:de |of )?(?:{_either(set(MONTHS))})\b"
    rf"|\b(?:{_either(set(MONTHS))}) \d{{1,2}}\b"
    r"|\b\d{1,2}[:.h]\d{2}\b|\b\d{1,2} ?(?:am|pm|uhr|uur|h)\b|\b\d{1,2}[./]\d{1,2}\b"
    r"|\d{4}-\d\d-\d\d"
)
_THIS_WEEK = re.compile(r"\b(?:this week|deze week|diese[r]? woche|cette semaine|esta semana)\b")
_NEXT_WEEK = {words for words, meaning in PHRASES.items() if meaning == "nextweek"}
_WORKDAY = {words for words, meaning in PHRASES.items() if meaning == "workday"}
_AT = re.compile(
    r"\d{1,2}[:.h]\d{2}|\d ?(?:am|pm|uhr|uur|h|u)\b|o'clock"
    r"|\b(?:noon|midday|mittag|(?<!apres.)midi|mediodia)\b"
    r"|minut|hour|\buur|\buren|stunde|heure|\bhoras?\b|halfuur|\bend of (?:the )?day"
    r"|einde (?:van de )?dag"
    r"|feierabend|fin de journee|final del dia|fin del dia|\beod\b"
)
#: How late a part of the day may be for what is promised in it.
_PARTS = (
    (re.compile(r"evening|tonight|avond|abend|soir\b|noche"), "21:00"),
    (re.compile(r"afternoon|middag|nachmittag|apres.midi|tarde"), "17:00"),
    (re.compile(r"morning|ochtend|vroeg|vormittag|fruh|matin|por la manana|temprano"), "12:00"),
)
# Before tomorrow noon is by tomorrow noon.
_BEFORE = {"before", "voor", "vor", "avant", "antes", "uiterlijk", "spatestens", "latest"}
_WORD = re.compile(r"\S+")
_EDGES = ".,;:!?()\"“”„»«…–-'"


def moment_in(sentence: str, by: Clock) -> datetime | None:
    """The first moment the sentence names, as late as its words allow; None for none."""
    words = [_core(found) for found in _WORD.finditer(sentence)]
    for start in range(len(words)):
        for end in range(min(len(words), start + LONGEST_WINDOW), start, -1):
            due = _read(words[start:end], by)
            if due is not None:
                return due
    return None


def _core(found: re.Match[str]) -> str:
    # The full stop of "3." stays: it makes a date of the number.
    word = folded(found[0].replace("’", "'")).strip(_EDGES)
    return f"{word}." if word.isdigit() and f"{word}." in found[0] else word


def _read(window: list[str], by: Clock) -> datetime | None:
    said = " ".join(word for word in window if word not in _BEFORE)
    first, last = window[0], window[-1]
    if not first or not last or _UNSURE & set(window) or _is_loose(window):
        return None
    if last in FILLERS | IN or not _ANCHOR.search(said):
        return None
    if _THIS_WEEK.search(said):
        said = _THIS_WEEK.sub("friday", said)
    elif any(words in said for words in _NEXT_WEEK) and not _DAYS & set(window):
        said = f"friday {said}"
    for text in (f"{said} {_latest(said)}".strip(), said):
        try:
            due = read_moment(text, now=by.now, zone=by.zone, work=by.work)
        except NotUnderstood:
            continue
        if any(words in said for words in _WORKDAY):  # in two working days: during the second
            return max(
                due, due.astimezone(by.zone).replace(hour=17, minute=0).astimezone(due.tzinfo)
            )
        return due
    return None


def _is_loose(window: list[str]) -> bool:
    """A number in front that is no part of the moment: the 12 of `order 12 on Friday`."""
    first = window[0]
    number = first.rstrip(".").isdigit() or first in NUMBERS
    if not number:
        return False
    after = window[1] if len(window) > 1 else ""
    return after not in {*UNITS, *MONTHS, "am", "pm", "de", "of", "jours"} and not any(
        " ".join(window[1:]).startswith(words) for words in PHRASES
    )


def _latest(said: str) -> str:
    if _AT.search(said):
        return ""
    return next((at for part, at in _PARTS if part.search(said)), END_OF_WORK)
