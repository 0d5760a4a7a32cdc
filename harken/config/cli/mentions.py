"""`harken listen "brand"`: who writes it at Bluesky right now, without an account or a database."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator, Sequence

import typer

from harken.config.cli.ground import Failed
from harken.config.settings import get_settings
from harken.connectors.jetstream import Jetstream
from harken.domain.listening.language.errors import QueryError
from harken.domain.listening.matcher.matcher import Matcher
from harken.kit.addresses import allow_private_hosts
from harken.kit.connector import ConnectorError
from harken.kit.heard import Heard
from harken.kit.source import Caught


def show(query: str, addresses: Sequence[str]) -> int:
    """Print mentions as they are written until Ctrl-C; the exit code. Raises `Failed`."""
    matcher = _matcher(query)
    settings = get_settings()
    allow_private_hosts(settings.listed(settings.private_hosts))
    source = Jetstream(addresses) if addresses else Jetstream()
    for number in (signal.SIGINT, signal.SIGTERM):  # who starts it in the background ignores Ctrl-C
        signal.signal(number, signal.default_int_handler)
    typer.secho(f"Listening at Bluesky for: {query}   (Ctrl-C ends it)", dim=True)
    told = Told(matcher)
    try:
        told.listen(source.open(None, threading.Event()))
    except KeyboardInterrupt:
        typer.secho(f"\n{told}", dim=True)
    except ConnectorError as error:
        raise Failed(str(error)) from None
    return 0


def _matcher(query: str) -> Matcher:
    try:
        return Matcher({0: query})
    except QueryError as error:
        width = max(error.length, 1)
        mark = " " * (error.column - 1) + "^" * width
        raise Failed(f"{error}\n  {query}\n  {mark}") from None


class Told:
    """What was shown so far."""

    def __init__(self, matcher: Matcher) -> None:
        self._matcher = matcher
        self._trouble = ""
        self.posts = 0
        self.mentions = 0

    def __str__(self) -> str:
        return f"{self.mentions:,} of {self.posts:,} posts."

    def listen(self, stream: Iterator[Caught]) -> None:
        """Print what matches; says once when the network cannot be read, and when it can again."""
        for caught in stream:
            if bool(caught.trouble) != bool(self._trouble):
                said = (
                    f"Trying again: {seen(caught.trouble)}" if caught.trouble else "Reading again."
                )
                typer.secho(said, dim=True, err=True)
            self._trouble = caught.trouble
            for post in caught.posts:
                self._hear(post)

    def _hear(self, post: Heard) -> None:
        self.posts += 1
        if self._matcher.match(post):
            self.mentions += 1
            typer.secho(f"\n{post.sent_at:%H:%M:%S}  {page_of(post)}", fg="cyan")
            typer.echo(seen(post.text))


def page_of(post: Heard) -> str:
    """Where a post of Bluesky can be read."""
    return seen(f"https://bsky.app/profile/{post.author}/post/{post.uri.rpartition('/')[2]}")


def seen(text: str) -> str:
    """`text` without what would steer a terminal: strangers wrote it."""
    return "".join(c if c.isprintable() or c == "\n" else " " for c in text)
