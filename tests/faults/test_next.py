"""Twenty people press "next" again and again at once: nobody gets what another got."""

from __future__ import annotations

import bisect
import sys
import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from django.db import connection

from harken.domain.conversations.models import Conversation
from harken.domain.conversations.queries import inbox
from harken.domain.conversations.services.next import take_next
from harken.domain.conversations.services.receive import receive_posts
from harken.domain.journal.models import Event
from harken.domain.people.models import Role, User
from harken.kit import clock
from tests.cast import Company, make_company, person, post

AGENTS = 20


def customers_wait(company: Company, count: int) -> list[int]:
    """`count` customers, each a second after the other; their ids in the order of the hot view."""
    start = clock.now() - timedelta(seconds=count + 60)
    # Stored in another order than they wait in: row by row would be wrong.
    for batch in range(0, count, 100):
        numbers = [(number * 7919) % count for number in range(batch, min(batch + 100, count))]
        posts = [post(by=f"c{n}", sent_at=start + timedelta(seconds=n)) for n in numbers]
        receive_posts(company.channel, posts)
    hot: list[int] = []
    before: str | None = None
    while len(hot) < count:
        page = inbox(company.mika, "hot", before=before, limit=1000)
        hot += [row.id for row in page.rows]
        before = page.next
    return hot


def overtaken(places: list[int]) -> int:
    """The most hotter ones that were written down after a less hot one.

    Each of the others may be in the middle of getting one; anything beyond is a wrong order.
    """
    later: list[int] = []
    most = 0
    for where in reversed(places):
        most = max(most, bisect.bisect(later, where))
        bisect.insort(later, where)
    return most


@dataclass
class Crowd:
    """The agents, and what came of pressing "next" until nobody waits."""

    agents: list[User]
    taken: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))  # by agent
    seconds: list[float] = field(default_factory=list)
    errors: list[BaseException] = field(default_factory=list)

    def press_all(self) -> float:
        """Everybody at once; returns the seconds it took."""
        barrier = threading.Barrier(len(self.agents), timeout=60)
        threads = [threading.Thread(target=self._press, args=(one, barrier)) for one in self.agents]
        began = time.monotonic()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if self.errors:
            raise self.errors[0]
        return time.monotonic() - began

    def _press(self, agent: User, barrier: threading.Barrier) -> None:
        try:
            barrier.wait()
            found: Conversation | None = None
            began = time.perf_counter()
            while (found := take_next("hot", by=agent)) is not None:
                self.taken[agent.pk].append(found.pk)
                self.seconds.append(time.perf_counter() - began)
                began = time.perf_counter()
        except BaseException as error:
            self.errors.append(error)
        finally:
            connection.close()


@pytest.mark.parametrize("count", [2_000, pytest.param(10_000, marks=pytest.mark.soak)])
def test_twenty_agents_at_once_never_get_the_same_and_always_the_hottest(
    transactional_db: None, count: int
) -> None:
    company = make_company()
    crowd = Crowd([person(f"Agent{n}", Role.AGENT, company.service) for n in range(AGENTS)])
    place = {pk: number for number, pk in enumerate(customers_wait(company, count))}
    took = crowd.press_all()

    given = Event.objects.filter(kind="ConversationAssigned").order_by("id")
    places = [place[pk] for pk in given.values_list("conversation_id", flat=True) if pk]
    each = {agent: [place[pk] for pk in taken] for agent, taken in crowd.taken.items()}
    twice = sum(map(len, each.values())) - len(set(places))
    crowd.seconds.sort()
    p50, p95 = (crowd.seconds[int(count * part)] * 1000 for part in (0.5, 0.95))
    sys.stdout.write(
        f"\nnext: {len(places)} taken by {len(each)} at once in {took:.1f} s, {twice} twice, "
        f"at most {overtaken(places)} hotter ones still being given, "
        f"p50 {p50:.0f} ms, p95 {p95:.0f} ms\n"
    )
    owners = Conversation.objects.values_list("pk", "assignee_id")
    assert (len(places), len(set(places)), twice) == (count, count, 0)
    assert {place[pk]: agent for pk, agent in owners} == {
        where: agent for agent, mine in each.items() for where in mine
    }
    assert all(mine == sorted(mine) for mine in each.values())
    assert overtaken(places) < AGENTS
    assert len(each) == AGENTS, "everybody got some, or nobody raced"
