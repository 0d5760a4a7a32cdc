"""One grammar for monitors' queries.

    group   = operand { ( [AND] operand | OR operand ) }     one kind of joining in a group
    operand = NOT primary | primary [ NEAR/n[f] primary ]
    primary = "(" group ")" | phrase | word | raw:text | field:value | followers>n

Two operands side by side mean AND. AND and OR in one group are refused instead of ranked: what a
reader may take either way is not what a monitor should stand on.
"""

from __future__ import annotations

import regex

from harken.domain.listening.language.errors import QueryError
from harken.domain.listening.language.lexer import Token, tokens
from harken.domain.listening.language.nodes import (
    And,
    Dense,
    Near,
    Node,
    Not,
    Or,
    Phrase,
    Wild,
    Word,
)
from harken.domain.listening.language.terms import field_of, followers, term

MOST_TERMS = 1000
MOST_BRACKETS = 30
MOST_BETWEEN = 100  # words that NEAR lets stand between two
_NEAR = regex.compile(r"([0-9]{1,3})(f?)")
_LOOKALIKES = {"and": "AND", "or": "OR", "not": "NOT", "&": "AND", "&&": "AND", "|": "OR"}
_LOOKALIKES |= {"||": "OR", "!": "NOT", "near": "NEAR/5", "NEAR": "NEAR/5", "+": "AND"}


def parse(query: str) -> Node:
    """What `query` says; raises `QueryError` with the column and what to write instead."""
    return _Parser(query).whole()


class _Parser:
    def __init__(self, query: str) -> None:
        self.query = query
        self.coming = tokens(query)
        self.token: Token = next(self.coming)
        self.terms = self.depth = 0

    def whole(self) -> Node:
        if self.token.kind == "end":
            raise QueryError("Nothing to listen for yet.", (0, 0), '"example brand" OR #example')
        node = self.group()
        if self.token.kind == "close":
            raise QueryError("This bracket was never opened.", self.token.at)
        return node

    def take(self) -> Token:
        taken, self.token = self.token, next(self.coming, self.token)
        return taken

    def group(self) -> Node:
        start = self.token.at[0]
        parts, joined = [self.operand()], ""
        while self.token.kind not in ("end", "close"):
            by = "OR" if self.token.kind == "OR" else "AND"
            if joined and by != joined:
                raise self.mixed(start, by)
            joined = by
            if self.token.kind in ("AND", "OR"):
                self.take()
            parts.append(self.operand())
        if len(parts) == 1:
            return parts[0]
        at = (start, parts[-1].at[1])
        return Or(tuple(parts), at) if joined == "OR" else And(tuple(parts), at)

    def mixed(self, start: int, by: str) -> QueryError:
        before = self.query[start : self.token.at[0]].strip()
        shown = before if len(before) <= 40 else "…" + before[-39:]
        text = self.query[self.token.at[0] : self.token.at[1]]
        after = "…" if self.token.kind in ("AND", "OR", "NOT") else text
        return QueryError(
            "AND and OR stand side by side (two words in a row mean AND); "
            "brackets must say what belongs together.",
            self.token.at,
            f"({shown}) {by} {after}",
        )

    def operand(self) -> Node:
        if self.token.kind == "NOT":
            start = self.take().at[0]
            if self.token.kind == "NOT":
                raise QueryError("NOT stands here twice.", self.token.at)
            part = self.near()
            return Not(part, (start, part.at[1]))
        return self.near()

    def near(self) -> Node:
        left = self.primary()
        if self.token.kind != "near":
            return left
        token = self.take()
        found = _NEAR.fullmatch(token.text)
        if not found or int(found[1]) > MOST_BETWEEN:
            raise QueryError(
                f"NEAR/ is followed by how many words may stand between, at most {MOST_BETWEEN}, "
                "and by f when the order counts.",
                token.at,
                "late NEAR/5 flight",
            )
        right = self.primary()
        for side in (left, right):
            _check_side(side)
        if self.token.kind == "near":
            raise QueryError(
                "NEAR joins two sides; join a third with AND.",
                self.token.at,
                "(a NEAR/3 b) AND (b NEAR/3 c)",
            )
        return Near(left, right, int(found[1]), found[2] == "f", (left.at[0], right.at[1]))

    def primary(self) -> Node:
        token = self.token
        if token.kind == "open":
            return self.bracket()
        if token.kind in ("end", "close", "AND", "OR", "near", "NOT"):
            raise self.missing()
        self.terms += 1 + token.text.count(" ")
        if self.terms > MOST_TERMS:
            raise QueryError(
                f"A monitor holds at most {MOST_TERMS:,} words; make two of it.", token.at
            )
        self.take()
        if token.kind == "field":
            return field_of(token.text, token.more, token.at)
        if token.kind == "followers":
            return followers(token.text, token.more, token.at)
        if token.kind == "chunk":
            _check_chunk(token)
        return term(token.text, token.at)

    def bracket(self) -> Node:
        opened = self.take()
        self.depth += 1
        if self.depth > MOST_BRACKETS:
            raise QueryError(f"At most {MOST_BRACKETS} brackets stand in each other.", opened.at)
        if self.token.kind == "close":
            raise QueryError(
                "There is nothing in these brackets.", (opened.at[0], self.token.at[1])
            )
        node = self.group()
        if self.token.kind != "close":
            raise QueryError("This bracket is never closed; add ) where it ends.", opened.at)
        self.take()
        self.depth -= 1
        return node

    def missing(self) -> QueryError:
        token = self.token
        if token.kind in ("AND", "OR", "near"):
            word = "NEAR" if token.kind == "near" else token.kind
            example = "late NEAR/5 flight" if word == "NEAR" else f"late {word} cancelled"
            return QueryError(f"{word} stands between two words.", token.at, example)
        if token.kind == "NOT":
            return QueryError("NOT cannot stand beside NEAR.", token.at, "(a NEAR/3 b) NOT c")
        return QueryError("A word is missing here.", token.at)


def _check_chunk(token: Token) -> None:
    """Refuse what other search boxes know and this language writes otherwise."""
    advice = _LOOKALIKES.get(token.text)
    if advice:
        raise QueryError(
            f"Operators are written {advice}; a word that is called so stands in quotes.",
            token.at,
            f'{advice} or "{token.text}"',
        )
    if token.text[0] in "-+" and len(token.text) > 1 and token.text[1].isalpha():
        rest = token.text[1:]
        word = f"NOT {rest}" if token.text[0] == "-" else f"AND {rest}"
        raise QueryError(f"{token.text[0]} before a word means nothing here.", token.at, word)


def _check_side(node: Node) -> None:
    """Only what takes a place in a text can be near something."""
    if isinstance(node, Or):
        for part in node.parts:
            _check_side(part)
    elif not isinstance(node, Word | Dense | Wild | Phrase):
        raise QueryError(
            "Beside NEAR stand words, phrases, hashtags, handles, or (one OR another).",
            node.at,
            "(late OR delayed) NEAR/5 flight",
        )
