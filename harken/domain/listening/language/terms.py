"""What a word, a phrase, a hashtag or a field of a query means."""

from __future__ import annotations

import difflib
import unicodedata

import regex

from harken.domain.listening.language.errors import QueryError
from harken.domain.listening.language.folding import fold
from harken.domain.listening.language.nodes import (
    At,
    Dense,
    Field,
    Followers,
    Node,
    Phrase,
    Place,
    Raw,
    Wild,
    Word,
)
from harken.domain.listening.language.reading import DENSE, EMOJI, FLAGS, HANDLE, SPACED, TAG

#: A wildcard needs this many letters side by side, or it would stand for half of all words.
LEAST_LETTERS = 3
MOST_IN_A_ROW = 50
FIELDS = ("author", "lang", "network", "site", "has", "raw", "followers")
KINDS = ("link", "image", "question")
_PART = regex.compile(
    rf"(?P<dense>{DENSE}+)|(?P<word>(?:{SPACED}|\*|(?<={SPACED})\?(?={SPACED}))+)|{EMOJI}", FLAGS
)
_TAG = regex.compile(rf"{TAG}\*?", FLAGS)
_HANDLE = regex.compile(rf"{HANDLE}\*?", FLAGS)
_LETTERS = regex.compile(rf"{SPACED}+", FLAGS)
_NUMBER = regex.compile(r"([0-9]{1,9})([km]?)")
_EXAMPLES = {
    "author": "author:alice.example",
    "lang": "lang:nl",
    "network": "network:bluesky",
    "site": "site:example.com",
    "has": "has:link",
    "raw": 'raw:"Example!"',
    "followers": "followers>1000",
}
_SHAPES = {
    "author": regex.compile(r"[a-z0-9_.*@-]+"),
    "lang": regex.compile(r"[a-z]{2,3}(-[a-z0-9]+)*"),
    "network": regex.compile(r"[a-z0-9_-]+"),
    "site": regex.compile(r"[\w-]+(\.[\w-]+)+"),
}


def places_of(chunk: str, at: At) -> list[Place]:
    """The words of text between two spaces of a query."""
    folded = fold(chunk)
    for mark, shape in (("#", _TAG), ("@", _HANDLE)):
        if folded.startswith(mark) and (found := shape.match(folded)):
            if "*" in folded[found.end() :]:
                advice = f"{folded[: found.end()].rstrip('*')}*"
                raise QueryError("In a hashtag or handle a * stands at the end.", at, advice)
            return [_named(found[0], at)]
    places: list[Place] = []
    for part in _PART.finditer(folded):
        _check_length(places, at)
        if part["dense"]:
            places.append(Dense(part[0], at))
        elif not part["word"] or not ("*" in part[0] or "?" in part[0]):
            places.append(Word(part[0], at))
        elif part[0].strip("*"):
            places.append(_wild(part[0], at))
        elif not _touches_dense(folded, part.span()):
            raise QueryError("A * stands for letters of a word.", at, "deliver*")
    return places


def _check_length(places: list[Place], at: At) -> None:
    if len(places) > MOST_IN_A_ROW:
        raise QueryError(f"A phrase holds at most {MOST_IN_A_ROW} words.", at)


def _touches_dense(folded: str, span: tuple[int, int]) -> bool:
    """Whether a lone * clings to dense characters, which match inside longer words anyway."""
    around = folded[max(span[0] - 1, 0) : span[0]] + folded[span[1] : span[1] + 1]
    return bool(regex.search(DENSE, around, FLAGS))


def _named(form: str, at: At) -> Place:
    return _wild(form, at) if form.endswith("*") else Word(form, at)


def _wild(form: str, at: At) -> Wild:
    longest = max((len(letters) for letters in _LETTERS.findall(form)), default=0)
    if longest < LEAST_LETTERS and not regex.search(DENSE, form, FLAGS):
        raise QueryError(
            f"A word with * or ? needs at least {LEAST_LETTERS} letters side by side.",
            at,
            "deliver*",
        )
    return Wild(form, at)


def term(text: str, at: At) -> Node:
    """A word or a phrase without its quotes; raises `QueryError` when there is no word in it."""
    places: list[Place] = []
    start = at[0]
    for chunk in text.split():
        start = start + text[start - at[0] :].find(chunk)
        places += places_of(chunk, (start, start + len(chunk)))
        _check_length(places, at)
        start += len(chunk)
    if not places:
        shown = text.strip()[:20].replace('"', "")
        advice = f'raw:"{shown}"' if shown else '"very late"'
        raise QueryError("There is no word here; signs are found exactly with raw:", at, advice)
    return places[0] if len(places) == 1 else Phrase(tuple(places), at)


def field_of(name: str, value: str, at: At) -> Node:
    """`name:value`; raises `QueryError` for an unknown name or a value that cannot be."""
    name = name.lower()
    if name not in FIELDS:
        near = difflib.get_close_matches(name, FIELDS, n=1)
        advice = _EXAMPLES[near[0]] if near else f'"{name} {value}"'.replace(' "', '"')
        raise QueryError(f"There is no field {name}: ({', '.join(FIELDS)}).", at, advice)
    if name == "raw":
        if not value.strip():
            raise QueryError("raw: needs the text right after the colon.", at, _EXAMPLES["raw"])
        return Raw(unicodedata.normalize("NFC", value.strip()), at)
    if name == "followers":
        raise QueryError("followers is compared.", at, _EXAMPLES["followers"])
    return _checked(name, value.strip().lower(), at)


def _checked(name: str, value: str, at: At) -> Field:
    if name == "has":
        if value not in KINDS:
            raise QueryError(f"has: knows {', '.join(KINDS)}.", at, "has:link")
        return Field(name, value, at)
    if name == "author":
        value = value.removeprefix("@")
    if name == "site":
        value = value.removeprefix("https://").removeprefix("http://").partition("/")[0]
    if not _SHAPES[name].fullmatch(value) or not value.strip("*"):
        raise QueryError(f"{name}: is followed at once by one value.", at, _EXAMPLES[name])
    return Field(name, value, at)


def followers(sign: str, number: str, at: At) -> Followers:
    """`followers>10k`."""
    found = _NUMBER.fullmatch(number.lower().replace(",", ""))
    if not found:
        raise QueryError("followers is compared with a whole number.", at, "followers>1000")
    return Followers(sign, int(found[1]) * {"": 1, "k": 1000, "m": 1_000_000}[found[2]], at)
