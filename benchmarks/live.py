"""R1 and R2: how fast a stored post reaches the browsers that may hear of it.

Processes besides the database: the live process as `harken live` starts it, one that holds all the
streams (`benchmarks.browsers`), and this one, which takes posts in as the listen process does. A
clock starts when the intake asks for its commit (R2: before its first statement) and stops when the
line is read from the stream's socket. Each round measures its own bare notifications, so that both
stand under the same load of the machine; of all rounds the one in the middle is shown.

Nothing is printed unless every browser got every message of its team, once, and no other.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from statistics import median, quantiles
from typing import TYPE_CHECKING
from unittest.mock import patch

import psycopg

from benchmarks import raw_server
from benchmarks.crowd import (
    BROWSERS,
    TEAMS,
    Browsers,
    browsers,
    conversations,
    delivered,
    live_process,
    people,
    raw_process,
)
from benchmarks.figure import Figure
from benchmarks.world import channel, database

if TYPE_CHECKING:
    from harken.domain.channels.models import Channel
    from harken.kit.connector import InboundPost

RATE = 500  # posts a second
ROUNDS, SECONDS = 10, 1.5  # fifteen seconds of posts in all
MICRO_BATCH = 200  # as many posts as one intake takes at most
BARE = 60  # bare notifications in each round
BROADCASTS, BROADCAST_EVERY = 3, 0.1  # in each round; seconds between two

Tell = Callable[[int], int]


@dataclass(frozen=True, slots=True)
class Round:
    """What was measured side by side, in seconds a delivery; `batches` are posts an intake."""

    bare: list[float]
    posts: list[float]  # from just before the commit
    whole: list[float]  # from before the intake
    batches: list[int]
    rate: float
    ours: list[float]
    raw: list[float]

    def ratio(self, percent: int) -> float:
        """A percentile of the posts against the median of the bare notifications."""
        return percentile(self.posts, percent) / median(self.bare)

    @property
    def broadcast_ratio(self) -> float:
        """The slowest hundredth of the broadcasts, ours against the bare server's."""
        return percentile(self.ours, 99) / percentile(self.raw, 99)


def measure() -> list[Figure]:
    """Posts to the browsers of one team, and posts to everybody."""
    with database() as url, psycopg.connect(url, autocommit=True) as plain:
        plain.execute("CREATE TABLE bench_bare (id bigserial PRIMARY KEY, n int)")
        account = channel(teams=TEAMS)
        cookies, team_of = people()
        trees = conversations(account)
        with (
            live_process(cookies[0]) as port,
            raw_process(url) as raw_port,
            browsers(port, cookies, team_of) as listening,
            browsers(raw_port, cookies, team_of) as listening_raw,
        ):
            everybody = to_everybody(account)
            rounds = []
            for number in range(ROUNDS):
                bare = bare_notifications(url)
                posts = follow_ups_taken_in(account, trees, listening, number)
                ours = broadcasts(listening, everybody, number)
                raw = broadcasts(listening_raw, to_raw(plain), number)
                rounds.append(Round(bare, *posts, ours, raw))
    return [targeted("R1a", 50, 5, 3, rounds), targeted("R1b", 99, 15, 8, rounds), wide(rounds)]


def targeted(id_: str, percent: int, floor: float, aim: float, rounds: list[Round]) -> Figure:
    """A row of R1, of the round in the middle."""
    shown = sorted(rounds, key=lambda one: one.ratio(percent))[len(rounds) // 2]
    count = sum(sum(one.batches) for one in rounds)
    how = (
        f"{percentile(shown.posts, percent) * 1e3:.2f} ms against {median(shown.bare) * 1e3:.2f} ms"
        f" bare p50 ({percentile(shown.whole, percent) * 1e3:.2f} ms with the intake itself);"
        f" {BROWSERS} browsers over {TEAMS} teams, each post goes to the"
        f" {BROWSERS // TEAMS} of its team; {count:,} posts at {shown.rate:.0f}/s,"
        f" {sum(shown.batches) / len(shown.batches):.1f} an intake; all arrived, none twice;"
        f" load {os.getloadavg()[0]:.0f}"
    )
    what = f"commit to browser p{percent} against bare insert and notify"
    return Figure(id_, what, shown.ratio(percent), floor, aim, False, how)


def wide(rounds: list[Round]) -> Figure:
    """The row of R2, of the round in the middle: the same by the live and by a bare server."""
    shown = sorted(rounds, key=lambda one: one.broadcast_ratio)[len(rounds) // 2]
    p99, raw = percentile(shown.ours, 99) * 1e3, percentile(shown.raw, 99) * 1e3
    how = (
        f"{p99:.1f} ms against {raw:.1f} ms by a bare asyncio server without sessions, rights or"
        f" replay (p50 {median(shown.ours) * 1e3:.1f} and {median(shown.raw) * 1e3:.1f} ms);"
        f" {BROADCASTS * ROUNDS} posts, each to all {BROWSERS} browsers; all arrived, none twice"
    )
    what = "post to every browser p99 against a bare server"
    return Figure("R2", what, shown.broadcast_ratio, 2, 1.3, False, how)


def follow_ups_taken_in(
    account: Channel, trees: list[InboundPost], listening: Browsers, number: int
) -> tuple[list[float], list[float], list[int], float]:
    """Posts for `SECONDS`: the `posts`, `whole`, `batches` and `rate` of a round."""
    from harken.domain.conversations.models import Message

    began = time.monotonic()
    batches = take_in(account, trees, f"round{number}")
    rate = sum(len(batch.ids) for batch in batches) / (time.monotonic() - began)
    when = {external_id: batch for batch in batches for external_id in batch.ids}
    stored = Message.objects.filter(external_id__in=list(when)).values_list(
        "pk", "external_id", "conversation__team_id"
    )
    goes_to: dict[int, tuple[int | None, float]]
    goes_to = {pk: (team, when[external_id].committed) for pk, external_id, team in stored}
    assert len(goes_to) == len(when), "posts are missing from the database"
    intake = {pk: when[id_].committed - when[id_].began for pk, id_, _ in stored}
    took = delivered(listening, goes_to)
    whole = [seconds + intake[message] for message, seconds in took]
    return [seconds for _, seconds in took], whole, [len(batch.ids) for batch in batches], rate


@dataclass(frozen=True, slots=True)
class Batch:
    """Posts of one intake, when it began, and when it asked for its commit."""

    ids: list[str]
    began: float
    committed: float


def take_in(account: Channel, trees: list[InboundPost], tag: str) -> list[Batch]:
    """Follow-ups in the known trees, `RATE` a second.

    A schedule, not a pace: an intake that takes long finds more posts waiting afterwards.
    """
    from django.db import connection

    from harken.domain.conversations.services.receive import receive_raw

    made = {post.external_id.encode(): post for post in follow_ups(trees, tag, int(RATE * SECONDS))}
    raws, batches, commits, done = list(made), [], [], 0
    commit = connection.commit

    def noted_commit() -> None:
        commits.append(time.monotonic())
        commit()

    start = time.monotonic()
    with patch.object(connection, "commit", noted_commit):
        while done < len(raws):
            due = min(len(raws), int((time.monotonic() - start) * RATE), done + MICRO_BATCH)
            if due == done:
                time.sleep(max(0.0, start + (done + 1) / RATE - time.monotonic()))
                continue
            now = time.monotonic()
            receive_raw(account, raws[done:due], lambda raw: [made[raw]])
            batches.append(Batch([raw.decode() for raw in raws[done:due]], now, commits[-1]))
            done = due
    return batches


def follow_ups(trees: list[InboundPost], tag: str, count: int) -> Iterator[InboundPost]:
    """What the same people write next, one tree after the other, so every team has its share."""
    from harken.kit import clock
    from harken.kit.connector import InboundPost

    start = clock.now()
    for n in range(count):
        root = trees[n % len(trees)]
        yield InboundPost(
            external_id=f"{tag}-{n}",
            author=root.author,
            text=f"Any news? {root.text}",
            sent_at=start + timedelta(milliseconds=n),
            root_id=root.root_id,
            parent_id=root.external_id,
            lang="en",
            native={"cid": f"c{n}"},
            version="1",
        )


def bare_notifications(url: str) -> list[float]:
    """Seconds from before a one-row insert to its notification, both in one transaction."""
    took: list[float] = []
    began: list[float] = []
    heard = threading.Event()

    def hear(connection: psycopg.Connection) -> None:
        for _ in connection.notifies(stop_after=BARE):
            took.append(time.monotonic() - began[-1])
            heard.set()

    with (
        psycopg.connect(url, autocommit=True) as listener,
        psycopg.connect(url, autocommit=True) as writer,
    ):
        listener.execute("LISTEN bench_bare")
        thread = threading.Thread(target=hear, args=(listener,))
        thread.start()
        for n in range(BARE):
            heard.clear()
            began.append(time.monotonic())
            with writer.transaction():
                writer.execute("INSERT INTO bench_bare (n) VALUES (%s)", [n])
                writer.execute("SELECT pg_notify('bench_bare', '')")
            assert heard.wait(10), "a bare notification was lost"
            time.sleep(0.002)
        thread.join()
    return took


def broadcasts(listening: Browsers, tell: Tell, number: int) -> list[float]:
    """`tell(n)` stores something everybody may hear of and returns its number."""
    goes_to: dict[int, tuple[int | None, float]] = {}
    for n in range(number * BROADCASTS, (number + 1) * BROADCASTS):
        now = time.monotonic()
        goes_to[tell(n)] = (None, now)
        time.sleep(max(0.0, now + BROADCAST_EVERY - time.monotonic()))
    return [seconds for _, seconds in delivered(listening, goes_to)]


def to_everybody(account: Channel) -> Tell:
    """Posts of a channel without a team: everyone who is signed in may hear of them."""
    from benchmarks.intake import posts
    from harken.domain.channels.models import Channel
    from harken.domain.conversations.models import Message
    from harken.domain.conversations.services.receive import receive_raw

    everybody = Channel.objects.create(
        brand=account.brand,
        network="loopback",
        external_id="acct-everybody",
        handle="everybody.example",
        service=account.service,
    )
    made = list(posts(BROADCASTS * ROUNDS, "everybody"))

    def tell(n: int) -> int:
        receive_raw(everybody, [b"x%d" % n], lambda _: [made[n]])
        return int(Message.objects.get(external_id=f"everybody-{n}").pk)

    return tell


def to_raw(plain: psycopg.Connection) -> Tell:
    """One row and one notification in a transaction, for the bare server."""

    def tell(n: int) -> int:
        with plain.transaction():
            plain.execute("INSERT INTO bench_bare (n) VALUES (%s)", [n])
            plain.execute("SELECT pg_notify(%s, %s)", [raw_server.CHANNEL, str(n)])
        return n

    return tell


def percentile(values: list[float], percent: int) -> float:
    """The value that `percent` of all stay below."""
    return quantiles(values, n=100)[percent - 1]
