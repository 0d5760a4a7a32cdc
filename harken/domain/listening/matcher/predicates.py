"""A query compiled: whether one post is what it asks for."""

from __future__ import annotations

import operator
from collections.abc import Callable
from urllib.parse import urlsplit

import regex

from harken.domain.listening.language.nodes import (
    And,
    Dense,
    Field,
    Followers,
    Near,
    Node,
    Not,
    Or,
    Phrase,
    Raw,
    Wild,
    Word,
)
from harken.domain.listening.language.reading import Reading
from harken.domain.listening.matcher.places import are_near, needed, pattern, spans
from harken.kit.heard import Heard

Predicate = Callable[[Reading, Heard], bool]
_ADDRESS = regex.compile(r"https?://[^\s<>\"]+", regex.IGNORECASE)
_SIGNS = {">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le}
_ASKS = frozenset("?؟")
FEW = 3  # words; for more of them it is cheaper to know all forms of a text
# What is cheap to ask comes first, so that dear questions are seldom reached.
_COSTS = {Field: 0, Followers: 0, Word: 1, Dense: 2, Not: 3, Wild: 4, Or: 5, Raw: 6, Phrase: 7}


def compiled(node: Node) -> Predicate:
    """The question a query asks of a post."""
    match node:
        case Word(form):
            return lambda reading, _heard: reading.has(form)
        case Dense(form):
            return lambda reading, _heard: form in reading.folded
        case Wild(form):
            fits = pattern(form).fullmatch
            return lambda reading, _heard: any(fits(each) for each in reading.forms)
        case Phrase():
            forms = needed(node)
            return lambda reading, _heard: not reading.lacks(forms) and bool(spans(node, reading))
        case Near():
            forms = needed(node)
            return lambda reading, _heard: not reading.lacks(forms) and are_near(node, reading)
        case Raw(text):
            return lambda reading, _heard: reading.has_exactly(text)
        case Followers(sign, number):
            compare = _SIGNS[sign]
            return lambda _reading, heard: heard.reach is not None and compare(heard.reach, number)
        case Field(name, value):
            return _field(name, value)
        case Not(Word(form)):
            return lambda reading, _heard: not reading.has(form)
        case Not(part):
            asked = compiled(part)
            return lambda reading, heard: not asked(reading, heard)
        case And(parts):
            return _all(parts)
        case Or(parts):
            return _any(parts)


def _all(parts: tuple[Node, ...]) -> Predicate:
    ordered = sorted(parts, key=lambda part: _COSTS.get(type(part), 8))
    asked = [compiled(part) for part in ordered]
    if len(asked) == 2:
        first, second = asked
        return lambda reading, heard: first(reading, heard) and second(reading, heard)
    return lambda reading, heard: all(each(reading, heard) for each in asked)


def _any(parts: tuple[Node, ...]) -> Predicate:
    words = frozenset(part.form for part in parts if isinstance(part, Word))
    asked = [compiled(part) for part in parts if not isinstance(part, Word)]
    if len(words) <= FEW:
        if not asked:
            return _one_word_of(tuple(words))
        return _one_of([compiled(part) for part in parts])
    if not asked:
        return lambda reading, _heard: not words.isdisjoint(reading.forms)
    return lambda reading, heard: (
        not words.isdisjoint(reading.forms) or any(each(reading, heard) for each in asked)
    )


def _one_word_of(words: tuple[str, ...]) -> Predicate:
    def asks(reading: Reading, _heard: Heard) -> bool:
        has = reading.has
        for word in words:  # noqa: SIM110  (a generator costs as much as all the rest of this)
            if has(word):
                return True
        return False

    return asks


def _one_of(asked: list[Predicate]) -> Predicate:
    if len(asked) == 2:
        first, second = asked
        return lambda reading, heard: first(reading, heard) or second(reading, heard)
    return lambda reading, heard: any(each(reading, heard) for each in asked)


def _field(name: str, value: str) -> Predicate:
    if name == "author":
        if "*" in value:
            fits = regex.compile(".*".join(map(regex.escape, value.split("*")))).fullmatch
            return lambda _reading, heard: bool(fits(heard.author.lower()))
        return lambda _reading, heard: heard.author.lower() == value
    if name == "lang":
        longer = f"{value}-"
        return lambda _reading, heard: (
            heard.lang.lower() == value or heard.lang.lower().startswith(longer)
        )
    if name == "network":
        return lambda _reading, heard: heard.network == value
    if name == "site":
        below = f".{value}"
        return lambda _reading, heard: any(
            host == value or host.endswith(below) for host in hosts_of(heard)
        )
    return {"link": _has_link, "image": _has_image, "question": _has_question}[value]


def _has_link(_reading: Reading, heard: Heard) -> bool:
    return bool(heard.links) or bool(_ADDRESS.search(heard.text))


def _has_image(_reading: Reading, heard: Heard) -> bool:
    return heard.pictures > 0


def _has_question(reading: Reading, _heard: Heard) -> bool:
    return not _ASKS.isdisjoint(reading.folded)


def hosts_of(heard: Heard) -> set[str]:
    """The hosts of the pages a post leads to, lower case."""
    found = set()
    for address in [*heard.links, *_ADDRESS.findall(heard.text)]:
        try:
            host = urlsplit(address).hostname
        except ValueError:  # such as an address with a bracket that opens no IPv6 address
            continue
        if host:
            found.add(host)
    return found
