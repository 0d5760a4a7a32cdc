"""C1: reading an answer before it leaves, all checks and the copy check, against 100 ms.

The copy check looks through a million replies of the last thirty days, of invented texts of which
every tenth repeats an earlier one with a few words changed, as teams do.
"""

from __future__ import annotations

import random
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from statistics import median, quantiles

import psycopg

from benchmarks.figure import Figure
from benchmarks.intake import posts
from benchmarks.world import analyze, channel, database
from harken.domain.replies.alike import plain, shape, trigrams

REPLIES = 1_000_000
TURNS = 1000  # messages that the replies answer; each has so many slots
ASKED = 400
LIMIT = 0.1  # seconds
CHUNK = 10_000
_FIRST = ("bar", "del", "fo", "gri", "hu", "jen", "kal", "lop", "mer", "nis")
_LAST = ("an", "ber", "cor", "dal", "en", "fid", "gol", "hin", "ist", "jor", "kem", "lun", "nor")
STEMS = [first + last for first in _FIRST for last in _LAST]


def texts(start: int, count: int) -> list[str]:
    """Invented answers, the same for the same place: sentences of 12 to 40 words."""
    found: list[str] = []
    for number in range(start, start + count):
        dice = random.Random(number)
        if found and number % 10 == 0:
            words = dice.choice(found[-50:]).split()
            words[dice.randrange(len(words))] = dice.choice(STEMS)
        else:
            words = dice.choices(STEMS, k=dice.randint(12, 40))
        found.append(" ".join(words))
    return found


def shaped(start: int) -> list[tuple[str, list[int]]]:
    """A chunk of answers with their shapes."""
    return [(text, shape(trigrams(plain(text)))) for text in texts(start, CHUNK)]


def fill(url: str, ids: tuple[int, int, int, list[int]]) -> None:
    """A million replies and their shapes, copied in."""
    conversation, account, author, turns = ids
    starts = range(0, REPLIES, CHUNK)
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        rows = _numbered(pool.map(shaped, starts))
        with psycopg.connect(url) as connection:
            bands = _copy_replies(connection, rows, conversation, account, author, turns)
            with connection.cursor().copy(
                "COPY replies_replyshape (reply_id, written_at, bands) FROM STDIN"
            ) as shapes:
                for id_, found in bands:
                    shapes.write_row((id_, "now", found))


def _numbered(
    chunks: Iterator[list[tuple[str, list[int]]]],
) -> Iterator[tuple[int, str, list[int]]]:
    number = 0
    for chunk in chunks:
        for text, bands in chunk:
            number += 1
            yield number, text, bands


def _copy_replies(
    connection: psycopg.Connection,
    rows: Iterator[tuple[int, str, list[int]]],
    conversation: int,
    account: int,
    author: int,
    turns: list[int],
) -> list[tuple[int, list[int]]]:
    kept = []
    columns = (
        "id, conversation_id, channel_id, author_id, client_key, turn_id, slot, target_id,"
        " answers_id, body, body_sha256, key, state, hold_until, next_attempt_at"
    )
    with connection.cursor().copy(f"COPY replies_reply ({columns}) FROM STDIN") as copy:
        for number, text, bands in rows:
            turn, slot = turns[number % TURNS], number // TURNS
            key = f"00000000-0000-4000-8000-{number:012d}"
            copy.write_row(
                (number, conversation, account, author, key, turn, slot, turn, turn, text, "",
                 f"k{number}", "sent", "now", "now")
            )  # fmt: skip
            kept.append((number, bands))
    return kept


def measure() -> list[Figure]:
    """p95 of everything the re-read view asks, half of the texts copies with a word changed."""
    with database() as url:
        from harken.domain.conversations.models import Conversation
        from harken.domain.conversations.services.receive import receive_posts
        from harken.domain.people.models import User
        from harken.domain.replies.services.checked import reread

        account = channel()
        mika = User.objects.create_user("mika", password="x", role="agent", display_name="Mika")
        receive_posts(account, list(posts(TURNS * 2, "reread")))
        first, mine = Conversation.objects.select_related("contact").order_by("id")[:2]
        turns = list(first.channel.message_set.values_list("id", flat=True)[:TURNS])
        fill(url, (first.pk, account.pk, mika.pk, turns))
        analyze()
        dice, spent, alike = random.Random(3), [], 0
        for number in range(ASKED):
            words = texts(dice.randrange(REPLIES), 1)[0].split()
            if number % 2:
                words = [word[::-1] for word in words]
            else:
                words[0] = "altogether"
            text = f"Hi Amara, {' '.join(words)}. We will call you."
            began = time.perf_counter()
            found = reread(mine, body=text, client_key=uuid.uuid4(), by=mika)
            spent.append(time.perf_counter() - began)
            alike += any(each.check.key == "copy" for each in found)
        assert alike >= ASKED * 0.4, f"only {alike} copies found"
    p95 = quantiles(spent, n=20)[-1]
    how = (
        f"p50 {median(spent) * 1e3:.1f} ms, p95 {p95 * 1e3:.1f} of 100 ms, {REPLIES:,} replies,"
        f" {alike} of {ASKED // 2} copies found"
    )
    return [Figure("C1", "reading before Enter", p95 / LIMIT, 1.0, 0.3, False, how)]
