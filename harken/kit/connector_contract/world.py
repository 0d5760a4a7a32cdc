"""The network as the contract test sees it: customers who write, and a line that fails."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from harken.kit.connector import (
    Connector,
)


class World(Protocol):
    """The network from outside: customers who write, and a line that fails.

    Posts are named by their `external_id`. All customers are invented. Every method returns when
    the network has accepted the change; `patience` is how many seconds it may take to show.
    """

    patience: float
    us: str  # the `external_id` of our account, as `Author.external_id` has it
    tag: str  # a hashtag, with #, that nobody else uses; `connector` listens for it when told

    def connector(self, *listen_for: str) -> Connector:
        """A fresh connector for our account, sharing one store of secrets with the others."""
        ...

    def mention(self, text: str) -> str:
        """A customer writes a post that calls our account, with `text` in it."""
        ...

    def post(self, text: str) -> str:
        """A customer writes a post that does not call us."""
        ...

    def our_post(self, text: str) -> str:
        """Our account writes a post without Harken."""
        ...

    def reply(self, to: str, text: str) -> str:
        """A customer answers a post, calling nobody by name."""
        ...

    def quote(self, what: str, text: str) -> str:
        """A customer quotes a post. Only asked when the network tells the quoted account."""
        ...

    def picture(self, text: str, alt: str) -> str:
        """A customer calls us with one picture, described by `alt`."""
        ...

    def edit(self, external_id: str, text: str) -> None:
        """The author changes a post. Only asked when `can_edit`."""
        ...

    def delete(self, external_id: str) -> None:
        """The author takes a post back."""
        ...

    def answers(self, external_id: str) -> Sequence[str]:
        """The texts of the public replies directly under a post."""
        ...

    def likes(self, external_id: str) -> int:
        """How many like a post."""
        ...

    def lost_answers(self) -> AbstractContextManager[object]:
        """Inside: our writes are carried out, but their answers never arrive."""
        ...

    def server_errors(self) -> AbstractContextManager[object]:
        """Inside: the network answers every call of ours with an error of its own (5xx)."""
        ...

    def unreachable(self) -> AbstractContextManager[object]:
        """Inside: connections are refused."""
        ...

    def rate_limit(self, seconds: int) -> AbstractContextManager[object]:
        """Inside: the network asks us to wait `seconds`."""
        ...

    def revoked(self) -> AbstractContextManager[object]:
        """Inside: our login was withdrawn at the network, and what was handed out has run out."""
        ...
