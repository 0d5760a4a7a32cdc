"""Replays recorded posts through the loopback network, at full speed or N times real speed.

    python -m harken.config.demo.replay posts.csv --url http://127.0.0.1:7000 --speed 10

The account whose connector reads them must be told of everything
(`Customers.open_account(..., everything=True)`): recorded posts seldom mention the demo brand.
What the recorded company wrote is posted by the account itself.
"""

from __future__ import annotations

import argparse
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from harken.config.demo.company import BRAND
from harken.config.demo.recording import Recording, Row, UnusableFile, load
from harken.connectors.loopback.client import Customers
from harken.connectors.loopback.wire import NewPost, Person
from harken.kit import clock, http

BATCH = 500  # posts in one request
TICK = 0.2  # seconds between requests when not at full speed
BAD_ROWS_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Played:
    """How a replay went: posts written, and seconds it took."""

    posts: int
    seconds: float

    @property
    def rate(self) -> float:
        """Posts a second."""
        return self.posts / self.seconds if self.seconds else 0.0


def play(
    recording: Recording,
    customers: Customers,
    *,
    account: Person | None = None,
    speed: float | None = None,
    keep_times: bool = False,
    stop: threading.Event | None = None,
) -> Played:
    """Write the recording to the network; returns when it is done or `stop` is set.

    `account` writes what was ours (the demo brand by default). `speed`: 10 is ten times real
    speed, None as fast as it goes. `keep_times` shows the recorded times instead of now. Playing
    the same recording again changes nothing at the network. Raises `httpx.HTTPError`.
    """
    account = account or Person(BRAND.handle, BRAND.name)
    stop = stop or threading.Event()
    began = clock.monotonic()
    written = 0
    for batch in _batches(recording.rows, speed, stop):
        customers.write_many([_post(row, account, keep_times=keep_times) for row in batch])
        written += len(batch)
    return Played(written, clock.monotonic() - began)


def _batches(rows: list[Row], speed: float | None, stop: threading.Event) -> Iterator[list[Row]]:
    began = clock.monotonic()
    place = 0
    while place < len(rows) and not stop.is_set():
        due = rows[place : place + BATCH]
        if speed is not None:
            reached = rows[0].at + timedelta(seconds=(clock.monotonic() - began) * speed)
            due = [row for row in due if row.at <= reached]
        if due:
            yield due
            place += len(due)
        if speed is not None:
            stop.wait(TICK)


def _post(row: Row, account: Person, *, keep_times: bool) -> tuple[Person, NewPost]:
    author = account if row.ours else Person(row.author, row.author)
    return author, NewPost(
        row.text,
        reply_to=_network_id(row.reply_to) if row.reply_to else None,
        root=_network_id(row.root_id),
        id=_network_id(row.id),
        at=row.at if keep_times else None,
    )


def _network_id(recorded: str) -> str:
    # Recorded ids may be anything and must not meet those the network gives out itself.
    return f"r-{recorded}"


def report(recording: Recording) -> str:
    """What a file holds, for people, with the first bad rows."""
    ours = sum(row.ours for row in recording.rows)
    trees = len({row.root_id for row in recording.rows})
    lines = [
        f"{len(recording.rows)} posts in {trees} public trees, {ours} of them ours; "
        f"{recording.repeated} rows repeat an id, {len(recording.bad)} could not be read."
    ]
    lines += [str(bad) for bad in recording.bad[:BAD_ROWS_SHOWN]]
    if len(recording.bad) > BAD_ROWS_SHOWN:
        lines.append(f"and {len(recording.bad) - BAD_ROWS_SHOWN} more")
    return "\n".join(lines)


def columns_from(text: str) -> dict[str, str]:
    """`author=who,text=what` as a dictionary. Raises ValueError."""
    pairs = [pair.partition("=") for pair in text.split(",") if pair.strip()]
    if any(not equals or not name.strip() for _, equals, name in pairs):
        raise ValueError(f"columns are given as author=NAME,text=NAME, not {text!r}")
    return {ours.strip(): name.strip() for ours, _, name in pairs}


def main() -> None:
    """Replay one file; exits with 2 when it cannot be used."""
    parser = argparse.ArgumentParser(description="Replay recorded posts on a loopback network.")
    parser.add_argument("file", type=Path)
    parser.add_argument("--url", required=True, help="address of the loopback network")
    parser.add_argument("--speed", type=float, help="times real speed; full speed without it")
    parser.add_argument(
        "--columns", type=columns_from, default={}, help="author=NAME,text=NAME,..."
    )
    parser.add_argument("--ours", default="", help="handles of the company, with commas")
    parser.add_argument("--keep-times", action="store_true", help="show the recorded times")
    options = parser.parse_args()
    http.allow_private_hosts(["127.0.0.1"])
    try:
        recording = load(options.file, options.columns, options.ours.split(","))
    except (UnusableFile, OSError) as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(2)
    sys.stdout.write(report(recording) + "\n")
    played = play(
        recording, Customers(options.url), speed=options.speed, keep_times=options.keep_times
    )
    sys.stdout.write(f"{played.posts} posts in {played.seconds:.1f} s ({played.rate:.0f}/s)\n")


if __name__ == "__main__":
    main()
