"""Who writes our hashtag and calls nobody is heard, answered in the desk and counted.

The posts are heard from the reference server's own firehose, while the process that listens is
killed again and again. Each is taken and answered by the forms on the pages.
"""

from __future__ import annotations

import random
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from tests.bluesky_day import books
from tests.bluesky_day.conftest import Harken
from tests.bluesky_day.figures import Figures
from tests.journeys.house import until
from tests.servers.atproto.network import unique
from tests.servers.atproto.people import Person, Ref

pytestmark = pytest.mark.atproto
EACH = 5  # one of so many posts carries the hashtag
WORDS = (
    "luggage belt gate night crew coffee winter seat window train delay voucher lounge child pram"
)
WORDS += " ticket suitcase bus rain queue counter refund app login storm pilot meal dog hotel taxi"


@dataclass(frozen=True)
class Size:
    """`patience`: seconds until everything must be heard, and again until it is delivered."""

    posts: int
    people: int
    kills: int
    patience: float


SHORT = Size(posts=40, people=2, kills=3, patience=90)
FULL = Size(posts=1_000, people=8, kills=20, patience=600)
Written = dict[str, tuple[Person, Ref]]  # by the post's URI
SIZES = [pytest.param(SHORT, id="short"), pytest.param(FULL, id="full", marks=pytest.mark.soak)]


@pytest.mark.parametrize("size", SIZES)
def test_who_calls_nobody_is_heard_answered_and_counted(harken: Harken, size: Size) -> None:
    tag = "#" + unique("gate").replace("-", "")
    source, monitor = _listen_for(harken, tag)
    people = [harken.town.network.person(unique("guest")) for _ in range(size.people)]
    with Figures(f"{size.posts} posts, one in {EACH} with the hashtag alone") as figures:
        with _dying(harken, size.kills) as kills:
            began = time.monotonic()
            tagged = _write(people, size.posts, tag)
            figures.note("written in", f"{time.monotonic() - began:.0f} s")
            kills.join()
        figures.note("kills of the listener", str(size.kills))
        _all_heard(harken, (source, monitor), size, tagged)
        figures.note("heard, each once", f"{len(tagged)} of {size.posts // EACH}")
        figures.note("named by handle after", f"{_all_named(harken, monitor, people):.1f} s")
        answers = _answer_all(harken, tagged, size)
        figures.note("taken and answered in the desk", f"{len(answers)}")
        _stand_once(harken, answers, size)
        page = harken.maren.page(f"/manage/trends/{monitor}/")
        counted = re.search(r"(\d+) of (\d+) have an answer of ours", page)
        assert counted, page
        figures.note("counted as untagged answered", " of ".join(counted.groups()))
        assert counted.groups() == (str(len(tagged)), str(len(tagged)))


def _listen_for(harken: Harken, tag: str) -> tuple[int, int]:
    """A manager adds the server's stream and a monitor; their numbers."""
    desk, house = harken.maren, harken.house
    address = harken.town.network.pds.replace("http://", "ws://")
    start = "/manage/listening/sources/new/bluesky-firehose/"
    desk.submit(start, f"{start}add/", name=f"Server {tag}", address=address)
    desk.submit(
        "/manage/listening/new/",
        "/manage/listening/save/",
        name=f"Tag {tag}",
        kind="brand",
        query=tag,
    )
    ((source,),) = house.asked(
        "SELECT id FROM listening_listeningsource WHERE name = %s", f"Server {tag}"
    )
    ((monitor,),) = house.asked("SELECT id FROM listening_monitor WHERE name = %s", f"Tag {tag}")
    opened = "SELECT 1 FROM listening_listeningsource WHERE id = %s AND cursor <> ''"
    assert until(lambda: house.asked(opened, source), 90), "the stream is open"
    return int(str(source)), int(str(monitor))


@contextmanager
def _dying(harken: Harken, kills: int) -> Iterator[threading.Thread]:
    """The process that listens is killed so often, a moment after each new start."""

    def kill() -> None:
        for number in range(kills):
            time.sleep(0.5 + number % 3 / 2)
            harken.house.kill("listen")

    thread = threading.Thread(target=kill, daemon=True)
    thread.start()
    yield thread
    thread.join()


def _write(people: list[Person], count: int, tag: str) -> Written:
    """`count` posts, shared out; those with the hashtag by their URIs."""
    tagged: Written = {}

    def say(who: Person, numbers: range) -> None:
        for number in numbers:
            carries = number % EACH == 0
            # Everybody in their own words: who repeats another would stand folded under them.
            said = " ".join(random.Random(number).sample(WORDS.split(), 9))
            ref = who.post(f"{said} {number} {tag if carries else tag + 'fans'} 🧳")
            if carries:
                tagged[ref.uri] = (who, ref)

    threads = [
        threading.Thread(target=say, args=(who, range(place, count, len(people))))
        for place, who in enumerate(people)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(tagged) == count // EACH
    return tagged


def _all_heard(harken: Harken, listening: tuple[int, int], size: Size, tagged: Written) -> None:
    """Every post was read; each with the hashtag is one mention and one hit, and no other is."""
    source, monitor = listening
    read = "SELECT heard FROM listening_listeningsource WHERE id = %s"

    def is_read() -> bool:
        ((heard,),) = harken.house.asked(read, source)
        return int(str(heard)) >= size.posts

    assert until(is_read, size.patience), "every post is read"
    hits = (
        "SELECT h.uri, m.uri FROM listening_monitorhit h JOIN listening_mention m"
        " ON m.id = h.mention_id WHERE h.monitor_id = %s"
    )
    assert sorted(harken.house.asked(hits, monitor)) == sorted((uri, uri) for uri in tagged)


def _all_named(harken: Harken, monitor: int, people: list[Person]) -> float:
    """The stream said ids; seconds until every author stands there by handle."""
    authors = (
        "SELECT DISTINCT m.account, m.author FROM listening_monitorhit h JOIN listening_mention m"
        " ON m.id = h.mention_id WHERE h.monitor_id = %s ORDER BY 1"
    )
    handles = sorted((each.did, each.handle) for each in people)
    began = time.monotonic()
    assert until(lambda: harken.house.asked(authors, monitor) == handles, 60), "named in seconds"
    return time.monotonic() - began


def _answer_all(harken: Harken, tagged: Written, size: Size) -> dict[str, str]:
    """Take those on the list of the unheard and answer them, list after list, until it is empty.

    Our text by the post's URI.
    """
    answers: dict[str, str] = {}
    deadline = time.monotonic() + size.patience
    while len(answers) < len(tagged):
        page = harken.mika.page("/desk/mentions/?list=unheard")
        for mention in re.findall(r'data-take="(\d+)"', page):
            action = f"/desk/mentions/{mention}/take/"
            harken.mika.post(action, {"list": "unheard", "csrfmiddlewaretoken": _secret(page)})
        for uri, conversation in _in_the_inbox(harken, set(tagged) - set(answers)):
            text = f"We sent a mechanic to you, answer {len(answers)} of {time.time():.0f}. /Mika"
            harken.mika.answer(conversation, text)
            answers[uri] = text
        assert time.monotonic() < deadline, f"{len(answers)} are answered"
    return answers


def _secret(page: str) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    return found[1] if found else ""


def _in_the_inbox(harken: Harken, uris: set[str]) -> list[tuple[str, int]]:
    rows = harken.house.asked(
        "SELECT m.uri, s.conversation_id FROM listening_mention m"
        " JOIN conversations_message s ON s.id = m.message_id WHERE m.uri = ANY(%s)",
        sorted(uris),
    )
    return [(str(uri), int(str(conversation))) for uri, conversation in rows]


def _stand_once(harken: Harken, answers: dict[str, str], size: Size) -> None:
    """Each answer stands at the network, once, under its post."""
    us = harken.town.us
    delivered = "SELECT count(*) FROM replies_reply WHERE body = ANY(%s) AND state = 'sent'"

    def all_delivered() -> bool:
        return harken.house.asked(delivered, list(answers.values())) == [(len(answers),)]

    assert until(all_delivered, size.patience), "every answer is delivered"
    theirs = _replies_of(us)
    for uri, text in answers.items():
        assert theirs.count((uri, text)) == 1


def _replies_of(us: Person) -> list[tuple[str, str]]:
    """Parent and text of every answer in our own repository."""
    records = [record.value for record in books.repository(us)]
    return [(str(each.reply.parent.uri), each.text) for each in records if each.reply]
