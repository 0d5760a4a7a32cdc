"""M6 and M7: two and four matchers on one stream against one, everything on this machine.

The posts are put first; then the matchers, ready and with their monitors compiled, are told to go.
The clock stops when the engine has nothing left and nothing in hand. One, two and four take turns
in each round. No figure is given unless every hit was stored once and every post matched once.

M6 is measured in two ways. Side by side, matchers, engine and database share the cores of one
machine, and the cores are the limit. Apart, resting most of the time as if on machines of their
own, whatever they lose is lost to waiting for each other, for the engine and for the database. M7
says what a post costs all of them together in CPU time.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import ExitStack, closing, suppress
from itertools import count
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from benchmarks.figure import Figure
from benchmarks.matcher import Town, written
from benchmarks.processes import HOST, folder, free_port, running
from benchmarks.world import database
from harken.kit.heard import Heard
from harken.kit.stream import put_safely

if TYPE_CHECKING:
    from harken.kit.nats_stream import NatsStream

MONITORS = range(9_000, 10_000)  # of brands that few name: most of a firehose concerns nobody
POSTS, ROUNDS = 30_000, 3
CROWDS = (1, 2, 4)
APART = 0.1  # of a core for each, as if on machines of their own
#: Floor and aim; side by side, two cores with engine and database on them cannot give much more.
FLOORS = {
    (2, 1.0): (1.2, 1.8),
    (4, 1.0): (1.2, 3.2),
    (2, APART): (1.7, 1.9),
    (4, APART): (3.0, 3.6),
}
LOOK = 0.02  # seconds between two looks at what is left
TICK = os.sysconf("SC_CLK_TCK")
Crowd = tuple[int, float]  # how many, and the part of a core each may take
Process = subprocess.Popen[str]


class Run(NamedTuple):
    """One crowd at work: posts a second, and CPU microseconds a post by who spent them."""

    rate: float
    matchers: float
    engine: float
    database: float

    @property
    def cost(self) -> float:
        """CPU microseconds a post of all together."""
        return self.matchers + self.engine + self.database


def measure() -> list[Figure]:
    if shutil.which("nats-server") is None:
        print("NOT MEASURED: M6 needs nats-server (Debian: apt install nats-server)")
        return []
    from harken.kit.nats_stream import NatsStream

    with database(), folder() as disk, ExitStack() as open_:
        port = free_port()
        command = ["nats-server", "-a", HOST, "-p", str(port), "-js", "-sd", str(disk)]
        engine = open_.enter_context(running([*command, "-l", str(disk / "log")]))
        address = f"nats://{HOST}:{port}"
        stream = open_.enter_context(closing(NatsStream([address])))
        bench = Bench(stream, engine.pid)
        command = [sys.executable, "-m", "benchmarks.one_matcher", address]
        matchers = [open_.enter_context(running(command)) for _ in range(max(CROWDS))]
        runs: dict[Crowd, list[Run]] = {}
        for _ in range(ROUNDS):
            for share in (1.0, APART):
                for crowd in CROWDS:
                    found = bench.run(matchers[:crowd], share)
                    runs.setdefault((crowd, share), []).append(found)
    middle = {crowd: middle_of(each) for crowd, each in runs.items()}
    return [figure for crowd in FLOORS for figure in figures(crowd, middle)]


def middle_of(runs: list[Run]) -> Run:
    """The median of each number."""
    return Run(*(median(numbers) for numbers in zip(*runs, strict=True)))


def figures(crowd: Crowd, middle: dict[Crowd, Run]) -> list[Figure]:
    (many, share), (floor, aim) = crowd, FLOORS[crowd]
    ours, alone = middle[crowd], middle[1, share]
    where = f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
    rates = f"{ours.rate:,.0f} posts/s against {alone.rate:,.0f}; {where}"
    costs = (
        f"{ours.cost:.0f} us (matchers {ours.matchers:.0f}, engine {ours.engine:.0f}, database "
        f"{ours.database:.0f}) against {alone.cost:.0f} us; {where}"
    )
    ratio, dearer = ours.rate / alone.rate, ours.cost / alone.cost
    if share < 1:
        what = f"{many} matchers against 1, {share:g} of a core each"
        return [Figure(f"M6 {many} apart", what, ratio, floor, aim, True, rates)]
    return [
        Figure(f"M6 {many}", f"{many} matchers against 1", ratio, floor, aim, True, rates),
        Figure(f"M7 {many}", "CPU a post, as before", dearer, 1.3, 1.05, False, costs),
    ]


class Bench:
    """The monitors in the database, the posts of a town, and the engine they go through."""

    def __init__(self, stream: NatsStream, engine: int) -> None:
        from harken.domain.listening.matcher.matcher import Matcher
        from harken.domain.listening.models import Monitor, MonitorRevision

        town = Town()
        queries = {n: written(town.monitor(n)) for n in MONITORS}
        Monitor.objects.bulk_create(
            Monitor(pk=n, name=str(n), kind="brand", query=query, revision=1)
            for n, query in queries.items()
        )
        MonitorRevision.objects.create(pk=1, number=1)
        self._posts = [town.post(number) for number in range(POSTS)]
        matcher = Matcher(queries)
        self._hits = sum(len(matcher.match(post)) for post in self._posts)
        self._stream, self._engine = stream, engine
        self._database = database_process()
        self._names = count()

    def run(self, crowd: Sequence[Process], share: float) -> Run:
        """Let these matchers deal with all posts."""
        from harken.domain.listening.models import MonitorHit

        MonitorHit.objects.all().delete()
        assert put_safely(self._stream, self._fresh(), threading.Event())
        for each in crowd:
            tell(each, f"open {share}")
        assert [answer_of(each) for each in crowd] == [["ready"]] * len(crowd)
        used, began = self._used(), time.perf_counter()
        for each in crowd:
            tell(each, "go")
        while sum(self._stream.backlog()):
            time.sleep(LOOK)
        took = time.perf_counter() - began
        engine, stored = (now - then for now, then in zip(self._used(), used, strict=True))
        for each in crowd:
            tell(each, "stop")
        told = [answer_of(each) for each in crowd]
        assert sum(int(posts) for posts, _ in told) == POSTS
        assert MonitorHit.objects.count() == self._hits
        busy = sum(float(seconds) for _, seconds in told)
        return Run(POSTS / took, *(1e6 * seconds / POSTS for seconds in (busy, engine, stored)))

    def _used(self) -> tuple[float, float]:
        """CPU seconds of the engine and of the database until now."""
        return cpu_of(self._engine), cpu_of(self._database)

    def _fresh(self) -> Sequence[Heard]:
        """The posts under new addresses: the engine leaves out what it was given just before."""
        tag = next(self._names)
        return [msgspec.structs.replace(post, uri=f"{post.uri}-{tag}") for post in self._posts]


def tell(process: Process, line: str) -> None:
    assert process.stdin
    print(line, file=process.stdin, flush=True)


def answer_of(process: Process) -> list[str]:
    assert process.stdout
    return process.stdout.readline().split()


def database_process() -> int:
    """The database server's own process: the parent of the one that serves us."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(fields_of(int(cursor.fetchone()[0]))[1])


def cpu_of(pid: int) -> float:
    """CPU seconds of a process, its children and those it has buried."""
    known = [each for path in Path("/proc").glob("[0-9]*") if (each := fields_of(int(path.name)))]
    children = [fields for fields in known if int(fields[1]) == pid]
    ticks = sum(int(tick) for tick in fields_of(pid)[11:15])
    return (ticks + sum(int(tick) for each in children for tick in each[11:13])) / TICK


def fields_of(pid: int) -> list[str]:
    """proc(5), /proc/[pid]/stat behind the name: state, parent, ...; empty for one that is gone."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return []
