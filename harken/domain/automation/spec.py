"""What a rule says, as plain data: the form makes one, a version keeps one."""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec

MOST_CONDITIONS = 20
MOST_ACTIONS = 10


class Part(msgspec.Struct, frozen=True):
    """One condition or action: its kind and what was filled in. `negated` is a condition's."""

    kind: str
    values: dict[str, str] = {}
    negated: bool = False


class Spec(msgspec.Struct, frozen=True, kw_only=True):
    """A whole rule. `when` are triggers; `waits` the seconds of the one that waits.

    `match` is "all" or "any" of the conditions; `stop_here` leaves out the rules below it.
    """

    name: str = ""
    when: tuple[str, ...] = ()
    waits: int | None = None
    match: str = "all"
    conditions: tuple[Part, ...] = ()
    actions: tuple[Part, ...] = ()
    stop_here: bool = False

    def plain(self) -> dict[str, Any]:
        """As JSON takes it."""
        made: dict[str, Any] = msgspec.to_builtins(self)
        return made

    def digest(self) -> str:
        """The same for the same rule, another for every other."""
        return hashlib.sha256(msgspec.json.encode(self, order="deterministic")).hexdigest()


def read(plain: Any) -> Spec:
    """A stored spec again. Raises `msgspec.ValidationError`."""
    return msgspec.convert(plain, Spec)
