"""A query cut into tokens, one at a time: a query far too long is refused before it is all cut."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import regex

from harken.domain.listening.language.errors import QueryError

_QUOTE = '"“”„«»'
_END = rf"\s(){_QUOTE}"
_TOKEN = regex.compile(
    rf"""
    (?P<open>[(（]) | (?P<close>[)）])
    | NEAR/(?P<near>[^{_END}]*)
    | (?P<operator>AND|OR|NOT)(?=[{_END}]|$)
    | (?P<follows>followers)(?P<sign>>=|<=|>|<)(?P<number>[^{_END}]*)
    | (?P<field>[A-Za-z]+):(?!//)(?:[{_QUOTE}](?P<quoted>[^{_QUOTE}]*)(?P<shut>[{_QUOTE}]?)
        |(?P<value>[^{_END}]*))
    | [{_QUOTE}](?P<phrase>[^{_QUOTE}]*)(?P<end>[{_QUOTE}]?)
    | (?P<chunk>[^{_END}（）]+)
    """,
    regex.VERBOSE,
)
_SPACE = regex.compile(r"\s*")


class Token(NamedTuple):
    """`kind` is open, close, near, AND, OR, NOT, followers, field, phrase, chunk or end."""

    kind: str
    text: str
    at: tuple[int, int]
    more: str = ""


def tokens(query: str) -> Iterator[Token]:
    """The tokens of a query and at last one of the kind `end`; raises `QueryError`."""
    position = _SPACE.match(query).end()
    while position < len(query):
        found = _TOKEN.match(query, position)
        assert found, position  # some part of _TOKEN fits every character but spaces
        yield _token(found)
        position = _SPACE.match(query, found.end()).end()
    yield Token("end", "", (len(query), len(query)))


def _token(found: regex.Match[str]) -> Token:
    at, kind = found.span(), found.lastgroup or ""
    if found["phrase"] is not None:
        _closed(found, "end", at)
        return Token("phrase", found["phrase"], (at[0] + 1, at[1] - 1))
    if found["field"] is not None:
        if found["quoted"] is not None:
            _closed(found, "shut", at)
        value = found["quoted"] if found["quoted"] is not None else found["value"]
        return Token("field", found["field"], at, value)
    if found["follows"]:
        return Token("followers", found["sign"], at, found["number"])
    if found["operator"]:
        return Token(found["operator"], found[0], at)
    return Token(kind, found[kind], at)


def _closed(found: regex.Match[str], group: str, at: tuple[int, int]) -> None:
    if not found[group]:
        opened = found[0].lstrip()
        start = at[0] + next(i for i, character in enumerate(found[0]) if character in _QUOTE)
        shown = opened.strip()[:30].rstrip()
        raise QueryError("These quotes are not closed.", (start, start + 1), f'{shown}"')
