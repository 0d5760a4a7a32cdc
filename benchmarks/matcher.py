"""M1 to M4: listening, each figure beside what it cannot be faster than, in one run.

Posts are invented: words of a made-up language by Zipf's law, three in ten name a brand. Monitors
are of eight shapes, a quarter of them for one language, a fifth without some author. Everything
runs on one core and counts its CPU time, the best of a few rounds, as others share the machine.
"""

from __future__ import annotations

import importlib.util
import itertools
import random
import resource
import time
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from benchmarks.figure import Figure
from harken.domain.listening.language.folding import lowered
from harken.domain.listening.language.reading import Reading, scannable
from harken.domain.listening.matcher.frequencies import Frequencies
from harken.domain.listening.matcher.matcher import Compiled, Matcher, compile_query
from harken.domain.listening.matcher.scan import automaton
from harken.kit.heard import Heard, decode

POSTS, ROUNDS, SINGLY = 10_000, 3, 20
TURNS = 30  # of each side of M3: short, so that some of them fall where nothing else runs
BATCH = 200  # posts at once, as a matcher takes them off a stream
SIZES = (10, 1_000, 10_000)
FLOORS = {10: (0.60, 0.90), 1_000: (0.45, 0.75), 10_000: (0.25, 0.60)}
CHANGES = 5
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def invented(chance: random.Random, count: int, least: int = 1) -> list[str]:
    """Different words of `least` to four syllables."""
    syllables = [a + b for a in "bdfgklmnprstvz" for b in ("a", "e", "i", "o", "u", "an", "er")]
    found: dict[str, None] = {}
    while len(found) < count:
        found[
            "".join(chance.choices(syllables, k=max(least, chance.choice((1, 2, 2, 3, 3, 4)))))
        ] = None
    return list(found)


class Town:
    """The words, brands and authors of one run; the same every time."""

    def __init__(self) -> None:
        self.chance = random.Random(20_261)
        self.words = invented(self.chance, 20_000)
        known = set(self.words)
        names = (n for n in invented(self.chance, 14_000, least=3) if n not in known)
        self.brands = list(itertools.islice(names, 10_000))
        self._weights = list(itertools.accumulate(1 / n for n in range(3, 20_003)))
        self._fame = list(itertools.accumulate(1 / n**0.9 for n in range(1, 10_001)))
        self.authors = [f"person{n}.example" for n in range(5_000)]

    def said(self, count: int) -> list[str]:
        return self.chance.choices(self.words, cum_weights=self._weights, k=count)

    def brand(self) -> str:
        return self.chance.choices(self.brands, cum_weights=self._fame)[0]

    def rare(self) -> str:
        return self.chance.choice(self.words[2_000:])

    def post(self, number: int) -> Heard:
        chance, words = self.chance, self.said(self.chance.randint(6, 24))
        if chance.random() < 0.3:
            words.insert(chance.randrange(len(words)), self.brand().title())
        text = " ".join(words).capitalize() + chance.choice((".", "!", "?", " é", " 👍"))
        if chance.random() < 0.15:
            text += f" #{self.brand()}"
        return Heard(
            network="bluesky",
            uri=f"at://did:plc:{number:024}/app.bsky.feed.post/3k{number:011}",
            author=chance.choice(self.authors),
            text=text,
            lang=chance.choice(("en", "en", "en", "nl", "ja", "de")),
            sent_at=NOON + timedelta(milliseconds=40 * number),
            links=("https://news.example/a",) if chance.random() < 0.1 else (),
            reach=chance.randrange(10_000),
        )

    def monitor(self, number: int) -> list[Any]:
        """A query as a tree of (how, parts), so that it can be written for others too."""
        chance, brand = self.chance, self.brands[number]
        shape = chance.random()
        if shape < 0.35:
            row = ("row", [brand, self.rare()])
            node: Any = ("or", [brand, f"#{brand}", row])
        elif shape < 0.60:
            node = ("and", [brand, ("or", self.said(2))])
        elif shape < 0.75:
            node = ("and", [brand, ("not", self.said(1)[0])])
        elif shape < 0.85:
            node = ("near", [brand, self.said(1)[0]], chance.randint(3, 8))
        elif shape < 0.90:
            node = ("and", [self.rare(), self.rare()])
        elif shape < 0.93:
            node = ("row", [self.rare(), self.rare(), self.rare()])
        else:
            node = brand
        parts = [node]
        if chance.random() < 0.25:
            parts.append(("lang", chance.choice(("en", "nl", "de"))))
        if chance.random() < 0.20:
            parts.append(("not", ("author", chance.choice(self.authors))))
        return parts


def written(node: Any) -> str:
    """A tree of `Town.monitor` in our language."""
    if isinstance(node, str):
        return node
    if isinstance(node, list):
        return " ".join(map(written, node))
    how, of = node[0], node[1]
    if how in ("lang", "author"):
        return f"{how}:{of}"
    if how == "not":
        return f"NOT {written(of)}"
    if how == "row":
        return f'"{" ".join(of)}"'
    joint = {"or": " OR ", "and": " "}.get(how) or f" NEAR/{node[2]} "
    return "(" + joint.join(map(written, of)) + ")"


def seconds(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """CPU seconds of the best of some rounds."""
    best = float("inf")
    for _ in range(rounds):
        began = time.process_time()
        work()
        best = min(best, time.process_time() - began)
    return best


def batches(raws: Sequence[bytes]) -> Iterator[Sequence[bytes]]:
    for first in range(0, len(raws), BATCH):
        yield raws[first : first + BATCH]


def heard_by(matcher: Matcher, raws: Sequence[bytes]) -> Iterator[Set[int]]:
    """The monitors of each post."""
    for some in batches(raws):
        yield from matcher.match_all([decode(raw) for raw in some])


def consume(of: Iterable[object]) -> None:
    for _ in of:
        pass


def measure() -> list[Figure]:
    """Every figure, and the memory the largest one took."""
    town = Town()
    posts = [town.post(number) for number in range(POSTS)]
    raws = [msgspec.json.encode(post) for post in posts]
    monitors = [town.monitor(number) for number in range(max(SIZES))]
    queries = [written(parts) for parts in monitors]
    seen = Frequencies()
    for post in posts[:2_000]:
        seen.see(Reading(post.text))
    figures: list[Figure] = []
    decoding = seconds(lambda: consume(map(decode, raws)))
    for size in SIZES:
        matcher = Matcher(dict(enumerate(queries[:size])), seen.weigh)
        asked = [compile_query(query, seen.weigh) for query in queries[:size]]
        figures += at_size(asked, matcher, raws, decoding)
        figures += beside_another(size, matcher, monitors[:size], raws)
    figures += one_by_one(asked, matcher, posts, raws)
    figures += changed(matcher, town)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    how = f"{peak:.0f} MB peak of the process, posts and queries of the run included"
    figures.append(
        Figure("M5", "memory at 10,000 monitors, 512 MB over ours", 512 / peak, 1, 3, True, how)
    )
    return figures


def at_size(
    asked: Sequence[Compiled], matcher: Matcher, raws: Sequence[bytes], decoding: float
) -> list[Figure]:
    """Raw JSON to the set of monitors, against decoding, normalising and scanning post by post."""
    anchors = {anchor.text for each in asked for anchor in each.cover}
    scan = automaton(sorted(anchors))

    def least() -> None:
        for raw in raws:
            text = lowered(scannable(decode(raw).text))
            scan.find_matches_as_indexes(text.encode(), overlapping=True)

    def whole() -> None:
        consume(heard_by(matcher, raws))

    floor, aim = FLOORS[len(asked)]
    bare, ours = seconds(least), seconds(whole)
    hits = sum(map(len, heard_by(matcher, raws)))
    how = (
        f"{len(raws) / ours:,.0f} posts/s; decode alone {len(raws) / decoding:,.0f}, decode + "
        f"normalise + scan {len(raws) / bare:,.0f}; {hits / len(raws):.2f} matches a post"
    )
    return [
        Figure(
            f"M1 {len(asked):,}", "listening against its parts", bare / ours, floor, aim, True, how
        )
    ]


def one_by_one(
    asked: Sequence[Compiled], matcher: Matcher, posts: Sequence[Heard], raws: Sequence[bytes]
) -> list[Figure]:
    """All monitors in one pass against asking each of them; both must say the same."""
    some = posts[:SINGLY]

    def singly() -> list[set[int]]:
        read = [(Reading(post.text), post) for post in some]
        return [{id_ for id_, each in enumerate(asked) if each.asks(*one)} for one in read]

    assert singly() == [set(ids) for ids in matcher.match_all(some)]
    slow = seconds(singly, 1) / len(some)
    fast = seconds(lambda: list(heard_by(matcher, raws))) / len(raws)
    how = f"{1 / fast:,.0f} posts/s against {1 / slow:,.0f}, sets equal on {len(some)} posts"
    return [Figure("M2", "10,000 monitors against one by one", slow / fast, 300, 1500, True, how)]


def changed(matcher: Matcher, town: Town) -> list[Figure]:
    """From the new text of one monitor among 10,000 until the next post meets it."""
    post = msgspec.structs.replace(town.post(1), text="a zebrafinch sings")
    times = []
    for number in range(CHANGES):
        began = time.process_time()
        matcher.put(number, "zebrafinch NEAR/3 sings")
        matcher.build()
        times.append(time.process_time() - began)
        assert number in matcher.match(post)
    worst = max(times)
    how = f"{1000 * worst:.0f} ms at worst of {CHANGES}, parsing, compiling and building"
    return [Figure("M4", "a changed monitor, of one second", worst, 1, 0.1, False, how)]


def beside_another(
    size: int, matcher: Matcher, monitors: Sequence[list[Any]], raws: Sequence[bytes]
) -> list[Figure]:
    """The percolator mokaccino (Rust) on the same posts; it has no phrases, so it gets AND."""
    if importlib.util.find_spec("mokaccino") is None:
        print("NOT MEASURED: M3 needs the package mokaccino")
        return []
    from benchmarks.percolator import percolate, percolator

    theirs, some = percolator(monitors), raws[:2_000]
    other = seconds(lambda: [percolate(theirs, decode(raw)) for raw in some], TURNS)
    ours = seconds(lambda: list(heard_by(matcher, some)), TURNS)
    how = f"{len(some) / ours:,.0f} posts/s against {len(some) / other:,.0f}, decoding included"
    return [Figure(f"M3 {size:,}", "listening against mokaccino", other / ours, 5, 10, True, how)]
