"""Where two texts cannot both be true: other figures for the same thing, or a yes against a no.

Plain, without a database, in five languages. Sentences are compared that share words saying what
they are about; a figure is a number with what it counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from harken.domain.knowledge.words import COMMON, folded, stem

# A point or comma between digits ends no sentence, nor does the point of "no." or "nr.".
_SENTENCE = re.compile(r"(?:[^.!?\n]|[.!?](?=\w)|(?<=\bno)\.|(?<=\bnr)\.)+[.!?]?")
_WORD = re.compile(r"[^\W\d_]+")
_MONEY = r"€|\$|£|euros?\b|eur\b|pounds?\b|dollars?\b"
_FIGURE = re.compile(
    rf"(?P<before>[€$£])?\s?(?<![\w.,:])(?P<number>\d{{1,3}}(?:[.,\u00a0]\d{{3}})+(?!\d)|\d+)"
    rf"(?P<rest>(?:[.,]\d{{1,2}})?)(?![\w:]*\d)"
    rf"\s?[-–]?\s?(?:working |business )?(?P<unit>{_MONEY}|%|[^\W\d_]+)?",
    re.IGNORECASE,
)
_CLOCK = re.compile(
    r"(?<![\w.,:])(\d{1,2})(?:[:h.](\d{2})(?!\d|[.,]\d)\s?(am|pm|uhr|uur|h)?|\s?(am|pm|uhr|uur|h)\b"
    r"|\s?heures?\b(?!\s?\w*jours))",
    re.IGNORECASE,
)
# fmt: off
_UNITS = {
    "minute": "minute minutes min minuut minuten minuto minutos",
    "hour": "hour hours uur uren stunde stunden heure heures hora horas",
    "day": "day days dag dagen werkdagen werkdag tag tage tagen werktage werktagen jour jours dia"
    " dias",
    "week": "week weeks weken woche wochen semaine semaines semana semanas",
    "month": "month months maand maanden monat monate monaten mois mes meses",
    "year": "year years jaar jahr jahre jahren an ans annee annees ano anos",
    "km": "km kilometre kilometres kilometer kilometers kilometros",
    "kg": "kg kilo kilos kilogram",
}
_NUMBERS = {
    1: "one een ein eine einem einen une uno", 2: "two twee zwei deux dos",
    3: "three drie drei trois tres",
    4: "four vier quatre cuatro", 5: "five vijf funf cinq cinco", 6: "six zes sechs seis",
    7: "seven zeven sieben sept siete", 8: "eight acht huit ocho", 9: "nine negen neun neuf nueve",
    10: "ten tien zehn dix diez", 12: "twelve twaalf zwolf douze doce",
    14: "fourteen veertien vierzehn quatorze catorce", 30: "thirty dertig dreissig trente treinta",
}
_DENIALS = """
not no never none cannot can't won't don't doesn't isn't aren't without unfortunately niet geen
nooit zonder nicht kein keine keinen nie niemals ohne pas jamais aucun aucune sans non nunca
ningun ninguna sin impossible unmoglich onmogelijk imposible
"""
_NOT = frozenset(_DENIALS.split())
# fmt: on
_UNIT_OF = {word: unit for unit, said in _UNITS.items() for word in said.split()}
_NUMBER_OF = {word: number for number, said in _NUMBERS.items() for word in said.split()}
_WRITTEN = re.compile(
    rf"\b({'|'.join(sorted(_NUMBER_OF, key=len, reverse=True))})"
    r"\s(?:working |business )?([^\W\d_]+)"
)
_EITHER_WAY = re.compile(r"\b(?:or not|of niet|oder nicht|ou pas|ou non|o no)\b")
_APOSTROPHE = re.compile(r"\b\w+n['’]t\b", re.IGNORECASE)
ALIKE = 0.6  # of the words of the shorter of two sentences that say the same but for a "not"


@dataclass(frozen=True, slots=True)
class Figure:
    """A number, and what it counts; its place in the text."""

    kind: str
    value: float
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Against:
    """The sentence of the known text, and what the other one says instead with its place."""

    known: str
    here: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Sentence:
    text: str
    start: int
    figures: tuple[Figure, ...]
    stems: frozenset[str]
    denies: bool


def against(text: str, known: str, *, shared: int) -> Iterator[Against]:
    """Where `text` says another thing than `known`, in sentences with `shared` words in common."""
    theirs = _sentences(known)
    for mine in _sentences(text):
        about = [each for each in theirs if len(each.stems & mine.stems) >= shared]
        yield from _other_figures(mine, about)
        yield from _denied(mine, about, shared + 1)


def _other_figures(mine: _Sentence, about: list[_Sentence]) -> Iterator[Against]:
    for kind in dict.fromkeys(figure.kind for figure in mine.figures):
        said = [(one, each) for each in about for one in each.figures if one.kind == kind]
        here = [figure for figure in mine.figures if figure.kind == kind]
        known = {one.value for one, _ in said}
        if said and not known & {figure.value for figure in here}:
            first = here[0]
            figure = mine.text[first.start - mine.start : first.end - mine.start]
            yield Against(said[0][1].text, figure.strip(), first.start, first.end)


def _denied(mine: _Sentence, about: list[_Sentence], shared: int) -> Iterator[Against]:
    for each in about:
        both = len(each.stems & mine.stems)
        fewer = min(len(each.stems), len(mine.stems))
        if each.denies != mine.denies and both >= shared and both >= ALIKE * fewer:
            end = mine.start + len(mine.text)
            yield Against(each.text, mine.text, mine.start, end)
            return


def _sentences(text: str) -> list[_Sentence]:
    found = []
    for match in _SENTENCE.finditer(text):
        said = match[0]
        start = match.start() + len(said) - len(said.lstrip())
        said = said.strip()
        if said:
            stems, denies = _about(said)
            found.append(_Sentence(said, start, tuple(_figures(said, start)), stems, denies))
    return found


def _about(said: str) -> tuple[frozenset[str], bool]:
    """What a sentence is about, without what counts and without its denials."""
    plain = _EITHER_WAY.sub(" ", folded(_APOSTROPHE.sub(" not ", said)))
    told = [word for word in _WORD.findall(plain) if len(word) > 2]
    denies = sum(word in _NOT for word in _WORD.findall(plain)) % 2 == 1
    kept = (
        word
        for word in told
        if word not in COMMON
        and word not in _NOT
        and word not in _UNIT_OF
        and word not in _NUMBER_OF
    )
    return frozenset(stem(word) for word in kept), denies


def _figures(said: str, at: int) -> Iterator[Figure]:
    clocks = []
    for match in _CLOCK.finditer(said):
        hour, minute = int(match[1]), int(match[2] or 0)
        half = (match[3] or match[4] or "").lower()
        if hour < 25 and minute < 60:
            hour += 12 if half == "pm" and hour < 12 else 0
            clocks.append((match.start(), match.end()))
            yield Figure("time", hour * 60 + minute, at + match.start(), at + match.end())
    for match in _FIGURE.finditer(said):
        if any(start < match.end() and match.start() < end for start, end in clocks):
            continue
        kind = _kind(match["before"] or "", match["unit"] or "")
        if kind:
            whole = re.sub(r"[.,\u00a0]", "", match["number"])
            value = float(whole + match["rest"].replace(",", "."))
            yield Figure(kind, value, at + match.start(), at + match.end())
    plain = folded(said)
    if len(plain) == len(said):  # places are the same only then
        for match in _WRITTEN.finditer(plain):
            kind = _UNIT_OF.get(match[2], "")
            if kind:
                yield Figure(kind, _NUMBER_OF[match[1]], at + match.start(), at + match.end())


def _kind(before: str, unit: str) -> str:
    unit = folded(unit)
    if before or re.fullmatch(_MONEY, unit, re.IGNORECASE):
        return "money"
    if unit == "%" or unit.startswith(("percent", "procent", "prozent", "pourcent")):
        return "%"
    if unit in _UNIT_OF:
        return _UNIT_OF[unit]
    return stem(unit) if len(unit) > 2 and unit not in COMMON else ""
