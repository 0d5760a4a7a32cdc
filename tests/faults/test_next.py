"""Twenty people press "next" again and again at once: nobody gets what another got."""

from __future__ import annotations

import bisect
import sys
import threading
import time
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


@pytest.mark.parametrize("count", [2_000, pytest.param(10_000, marks=pytest.mark.soak)])
def test_twenty_agents_at_once_never_get_the_same_and_always_the_hottest(
    transactional_db: None, count: int
) -> None:
    company = make_company()
    agents = [person(f"Agent{n}", Role.AGENT, company.service) for n in range(AGENTS)]
    hot = customers_wait(company, count)
    place = {pk: number for number, pk in enumerate(hot)}
    taken: list[tuple[int, User]] = []
    seconds: list[float] = []
    errors: list[BaseException] = []
    barrier = threading.Barrier(AGENTS, timeout=60)

    def press(agent: User) -> None:
        try:
            barrier.wait()
            while True:
                began = time.perf_counter()
                found = take_next("hot", by=agent)
                seconds.append(time.perf_counter() - began)
                if found is None:
                    return
                taken.append((found.pk, agent))
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=(agent,)) for agent in agents]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.monotonic() - began
    if errors:
        raise errors[0]

    given = Event.objects.filter(kind="ConversationAssigned").order_by("id")
    places = [place[pk] for pk in given.values_list("conversation_id", flat=True) if pk]
    each = [[place[pk] for pk, by in taken if by is agent] for agent in agents]
    owners = dict(Conversation.objects.values_list("pk", "assignee_id"))
    seconds.sort()
    sys.stdout.write(
        f"\nnext: {len(taken)} taken by {AGENTS} at once in {took:.1f} s, "
        f"{len(taken) - len(set(places))} twice, "
        f"at most {overtaken(places)} hotter ones still being given, "
        f"{min(map(len, each))} to {max(map(len, each))} each, "
        f"p50 {seconds[len(seconds) // 2] * 1000:.0f} ms, "
        f"p95 {seconds[len(seconds) * 95 // 100] * 1000:.0f} ms\n"
    )
    assert len(taken) == len(places) == len(set(places)) == count
    assert all(owners[pk] == by.pk for pk, by in taken)
    assert all(mine == sorted(mine) for mine in each)
    assert overtaken(places) < AGENTS
    assert min(map(len, each)) > 0  # or nobody raced
