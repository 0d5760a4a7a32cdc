"""What a query says, as a tree. `at` is where it was written: first character, end."""

from __future__ import annotations

from dataclasses import dataclass, field

At = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Word:
    """One word between spaces, or one emoji, folded."""

    form: str
    at: At = field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class Dense:
    """Characters of a script without spaces, in one piece, folded."""

    form: str
    at: At = field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class Wild:
    """A word (or with # or @ in front a hashtag or handle) with `*` for letters, `?` for one."""

    form: str
    at: At = field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words one after another, whatever stands between them."""

    parts: tuple[Place, ...]
    at: At = field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class Raw:
    """Text exactly as it was written."""

    text: str
    at: At = field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class Field:
    """`name:value`; the name is author, lang, network, site or has."""

    name: str
    value: str
    at: At = field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class Followers:
    """A comparison of the author's followers; `sign` is > >= < or <=."""

    sign: str
    number: int
    at: At = field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class Near:
    """Both sides with at most `within` words between them, the left one first if `ordered`."""

    left: Node
    right: Node
    within: int
    ordered: bool
    at: At = field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class And:
    """All of them."""

    parts: tuple[Node, ...]
    at: At = field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class Or:
    """At least one of them."""

    parts: tuple[Node, ...]
    at: At = field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class Not:
    """Not this."""

    part: Node
    at: At = field(default=(0, 0), compare=False)


Place = Word | Dense | Wild
Node = Word | Dense | Wild | Phrase | Raw | Field | Followers | Near | And | Or | Not
