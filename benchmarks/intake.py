"""I1: intake with all its effects in one commit, as a multiple of the single-row insert rate.

Effects of this release: contact, handle, conversation with its turn, message with search words
and raw bytes, public context, the clock of its turn, journal, hint to the listeners. Triage comes
with a later release and will make the same row slower.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from datetime import timedelta

import psycopg

from benchmarks.figure import Figure
from benchmarks.world import channel, database
from harken.kit import clock
from harken.kit.connector import Author, InboundPost

POSTS = 6000
WORDS = [
    "parcel",
    "late",
    "where",
    "refund",
    "please",
    "help",
    "order",
    "box",
    "broken",
    "screw",
    "missing",
    "invoice",
    "twice",
    "paid",
    "thanks",
    "great",
    "again",
    "still",
    "waiting",
    "hotline",
    "nobody",
    "answers",
    "delivery",
    "driver",
    "door",
    "neighbour",
]


def posts(count: int, tag: str) -> Iterator[InboundPost]:
    """Distinct posts of many people, one in three a follow-up in a tree already begun."""
    chance = random.Random(7)
    start = clock.now() - timedelta(hours=1)
    trees: list[tuple[str, Author]] = []
    for number in range(count):
        if trees and number % 3 == 0:
            root, author = chance.choice(trees)
        else:
            root = f"{tag}-{number}"
            name = f"p{chance.randrange(count // 2)}"
            author = Author(f"acct-{name}", f"{name}.example", name.title())
            trees.append((root, author))
        yield InboundPost(
            external_id=f"{tag}-{number}",
            author=author,
            text=" ".join(chance.choices(WORDS, k=16)),
            sent_at=start + timedelta(milliseconds=number),
            root_id=root,
            lang="en",
            native={"cid": f"c{number}"},
            version="1",
        )


def parsed(ready: Iterator[InboundPost]) -> Callable[[bytes], list[InboundPost]]:
    """A connector's `parse` that takes no time: each raw item is the next ready post."""
    return lambda _: [next(ready)]


def rate(count: int, work: Callable[[], None]) -> float:
    """Units a second of `work`, which does `count` of them."""
    began = time.perf_counter()
    work()
    return count / (time.perf_counter() - began)


def single_rows(url: str, count: int) -> float:
    """Rows a second of a plain insert: the same words and bytes, three indexes, one commit each."""
    with psycopg.connect(url, autocommit=True) as plain:
        plain.execute(
            "CREATE TABLE bench_row (id bigserial PRIMARY KEY, external_id text UNIQUE,"
            " conversation bigint, at timestamptz DEFAULT now(), body text, raw bytea)"
        )
        plain.execute("CREATE INDEX ON bench_row (conversation, at)")
        body, raw = " ".join(WORDS[:16]), b"x" * 500
        insert = (
            "INSERT INTO bench_row (external_id, conversation, body, raw) VALUES (%s, %s, %s, %b)"
        )

        def work() -> None:
            for number in range(count):
                plain.execute(insert, [f"k{number}", number // 3, body, raw])

        found = rate(count, work)
        plain.execute("DROP TABLE bench_row")
    return found


def measure() -> list[Figure]:
    """Both ways of arriving: a post a transaction, and batches of 100."""
    with database() as url:
        from harken.domain.conversations.services.receive import receive_raw

        account = channel()
        receive_raw(account, [b"warm"], lambda _: list(posts(300, "warm")))  # plans and caches
        with psycopg.connect(url, autocommit=True) as admin:
            admin.execute("ANALYZE")
        plain = single_rows(url, 4000)
        alone = list(posts(1500, "alone"))
        many = list(posts(POSTS, "many"))

        def one_by_one() -> None:
            for post in alone:
                receive_raw(account, [b"x" * 500], parsed(iter([post])))

        def batched() -> None:
            for at in range(0, POSTS, 100):
                batch = iter(many[at : at + 100])
                raws = [b"%06d" % (at + n) + b"x" * 500 for n in range(100)]
                receive_raw(account, raws, parsed(batch))

        each, set_based = rate(len(alone), one_by_one), rate(POSTS, batched)
        plain = (plain + single_rows(url, 4000)) / 2
    how = f"{{:,.0f}} posts/s against {plain:,.0f} single-row inserts/s"
    return [
        Figure(
            "I1a", "intake, a post a transaction", each / plain, 0.25, 0.4, True, how.format(each)
        ),
        Figure(
            "I1b",
            "intake, batches of 100",
            set_based / plain,
            1.5,
            3.0,
            True,
            how.format(set_based),
        ),
    ]
