"""The port of what tells who somebody is, where posts name their authors by a lasting id only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol, runtime_checkable

MOST_AUTHORS = 25  # of one question


class Author(NamedTuple):
    """An account as its network shows it now; `handle` is empty while it has none that works.

    `account` is its lasting id; `followers` None when not told.
    """

    account: str
    handle: str
    name: str
    followers: int | None


@runtime_checkable
class NamesAuthors(Protocol):
    """Somebody who can be asked; keeps nothing."""

    def authors(self, accounts: Sequence[str]) -> list[Author]:
        """Those of `accounts` (ids, `MOST_AUTHORS` at most) that the network knows.

        Raises `ConnectorError` and its kin; it changes nothing.
        """
        ...
