"""Raises the curtain and lowers it: house, network, agents and customers, then the books."""

from __future__ import annotations

import random
import secrets
import threading
import time as wall
from contextlib import suppress
from dataclasses import asdict, replace
from datetime import UTC, timedelta
from pathlib import Path

from django.db import connections
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

from harken.config.demo.company import BRAND
from harken.config.demo.company import PASSWORD as NETWORK_PASSWORD
from harken.config.simulate.agent import Agent
from harken.config.simulate.books import Books, Check
from harken.config.simulate.company import Login, found_company
from harken.config.simulate.customers import Customers
from harken.config.simulate.floor import Floor
from harken.config.simulate.habits import shift_of
from harken.config.simulate.house import Load, open_house
from harken.config.simulate.owners import Owners
from harken.config.simulate.plan import MINUTE, Options, Time, arrivals
from harken.config.simulate.result import Result, alarms, parts_of
from harken.connectors.loopback.network import LoopbackNetwork
from harken.connectors.loopback.wire import Person
from harken.domain.conversations.models import Conversation, Message, Place, State, Topic
from harken.domain.insights.figures import quantile
from harken.domain.insights.reports.day import Period, day_report
from harken.domain.people.models import User
from harken.domain.replies.models import ON_ITS_WAY, Reply
from harken.kit import clock

OVERTIME = 1800.0  # simulated seconds the last shift stays at most for who still waits
SETTLE = 30.0  # seconds of the wall for what is on its way when everybody has gone
LOOK = 1.0  # seconds of the wall between two lines of progress


def direct(options: Options, folder: Path) -> int:
    """Live through the day, write the report, return the exit code of `run`."""
    time = Time(options.speed)
    with LoopbackNetwork.serve(folder / "network") as network:
        us = network.open_account(Person(BRAND.handle, BRAND.name), password=NETWORK_PASSWORD)
        logins = found_company(options, us.id, network.url, secrets.token_urlsafe(12))
        with open_house(folder) as url:
            day = _Day(options, network, us.id, time)
            try:
                whole = day.live(url, logins)
                day.settle()
            finally:
                time.stop.set()
                day.go_home()
        result = day.result(whole=whole)
    connections.close_all()
    result.write(folder)
    Console(highlight=False, soft_wrap=True).print(f"\n{result.text()}\n\n{folder / 'report.json'}")
    return 130 if not whole else 0 if result.adds_up else 1


class _Day:
    """One day; everything with a thread of its own ends by `go_home`."""

    def __init__(self, options: Options, network: LoopbackNetwork, us: str, time: Time) -> None:
        self._options, self._network, self._us, self._time = options, network, us, time
        self._floor = Floor()
        self._floor.topics = dict(Topic.objects.values_list("slug", "pk"))
        self._owners = Owners(self._floor, time)
        self._customers = Customers(network, time, options.seed, options.length)
        self._agents: list[Agent] = []
        self._threads: list[threading.Thread] = []
        self._began = clock.now()
        self._load = Load()

    def live(self, url: str, logins: list[Login]) -> bool:
        """From the first sign-in to the last answer; False when it was cut short."""
        with Progress(
            TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[said]}")
        ) as shown:
            bar = shown.add_task("Signing in", total=self._options.length, said="")
            try:
                self._come_in(url, logins)
                shown.update(bar, description="The day")
                while not self._is_over():
                    shown.update(bar, completed=self._time.now, said=self._said())
                    wall.sleep(LOOK)
            except KeyboardInterrupt:
                return False
        return True

    def _come_in(self, url: str, logins: list[Login]) -> None:
        dice = random.Random(self._options.seed)  # noqa: S311 - an invented day, not a secret
        plan = arrivals(self._options, dice)
        for number, login in enumerate(logins):
            shift = shift_of(number, self._options.length, dice)
            if shift.end >= self._options.length:
                shift = replace(shift, end=self._options.length + 2 * OVERTIME)
            agent = Agent(url, login, shift, self._floor, dice.randrange(2**32))
            agent.desk.sign_in(login.username, login.password)
            self._agents.append(agent)
        self._time.start()
        self._began, self._load = clock.now(), Load()
        for agent in self._agents:
            self._threads += agent.come_in(self._customers, self._time)
        self._customers.start(plan)

    def _is_over(self) -> bool:
        late = self._time.now - self._options.length
        if late < 0:
            return False
        return late > OVERTIME or not (_waiting() or _on_its_way())

    def _said(self) -> str:
        minutes = int(self._time.now / 60)
        return (
            f"{minutes // 60:02}:{minutes % 60:02} · {self._customers.written} written · "
            f"{self._floor.did['answers']} answered · {self._owners.look()} waiting"
        )

    def settle(self) -> None:
        """Everybody goes home; what was sent still leaves, what was written still comes in."""
        self._time.stop.set()
        self.go_home()
        deadline = wall.monotonic() + SETTLE
        with suppress(KeyboardInterrupt):
            while wall.monotonic() < deadline and (_on_its_way() or self._unread()):
                wall.sleep(0.2)

    def _unread(self) -> bool:
        theirs = sum(not e.deleted for e in self._network.posts() if e.author.id != self._us)
        return Message.objects.filter(direction="inbound", deleted_at=None).count() != theirs

    def go_home(self) -> None:
        """Wait for the threads, which `stop` has ended, and close the browsers."""
        for thread in self._threads:
            thread.join(0.1 if "stream" in thread.name else 30)
        for agent in self._agents:
            agent.desk.close()

    def result(self, *, whole: bool) -> Result:
        """The figures and the checks."""
        options, now = self._options, clock.now()
        minute = MINUTE / options.speed
        # The last minute has to be over for everybody who wrote.
        around = timedelta(minutes=5)
        period = Period(self._began - around, now + around, UTC)
        report = day_report(User.objects.get(username="manager"), period, minute=minute)
        books = Books(self._network.posts(), self._us, self._floor, report)
        total, calm, storm, *hours = parts_of(report, options, self._began, now)
        late, latest = alarms()
        machine, own = self._load.now()
        took = sorted(each for agent in self._agents for each in agent.desk.took)
        return Result(
            options=asdict(options)
            | {"undo_seconds": options.undo_seconds, "hours": options.hours},
            whole=whole,
            seconds=(now - self._began).total_seconds(),
            total=total,
            calm=calm,
            storm=storm,
            hours=hours,
            checks=[*books.checks(minute, now), self._owned()],
            did=dict(self._floor.did)
            | {"alarms": late, "requests": len(took), "requests failed": self._failed()},
            machine={
                "machine busy, part of all cores": machine,
                "agents, customers and network, part of all cores": own,
                "95 % of alarms after, seconds": latest,
                "median request, seconds": quantile(took, 0.5) if took else None,
                "95 % of requests, seconds": quantile(took, 0.95) if took else None,
            },
        )

    def _owned(self) -> Check:
        lost = len(self._owners.lost)
        left = Conversation.objects.filter(place=Place.OPEN, unowned_since__isnull=False).count()
        said = f"{lost} were in the day, {left} are at its end"
        return Check("nobody was nobody's for longer than a minute", not lost and not left, said)

    def _failed(self) -> int:
        return sum(agent.desk.failed for agent in self._agents)


def _waiting() -> int:
    return Conversation.objects.filter(state=State.OPEN, waiting_since__isnull=False).count()


def _on_its_way() -> int:
    return Reply.objects.filter(state__in=ON_ITS_WAY).count()
