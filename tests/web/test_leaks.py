"""What one department may not see appears nowhere for its people: every route, byte by byte.

The routes are those of the matrix, whose own test walks the URL resolver; a page added later is
asked here without a word about it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial

import pytest
from django.http import HttpResponse

from harken.domain.conversations.models import Conversation
from harken.domain.conversations.services.topics import move
from harken.kit import clock
from tests.web.leaks import Department, at_rest, browsers, departments, dress, has_draft, questions
from tests.web.matrix import ROUTES
from tests.web.route import WORD, Route
from tests.web.world import World, ask, body, world

__all__ = ["world"]  # the fixture

pytestmark = pytest.mark.django_db


@dataclass
class Watch:
    """How much was read, and what of it should not have been there."""

    routes: set[str] = field(default_factory=set)
    asked: int = 0
    read: int = 0
    leaks: list[str] = field(default_factory=list)

    def look(self, name: str, who: str, answer: HttpResponse, canary: str) -> str:
        """Count the answer, and note where the canary stands in it."""
        text = body(answer)
        self.routes.add(name)
        self.asked += 1
        self.read += len(text.encode())
        if canary in text:
            place = text.index(canary)
            self.leaks.append(f"{who} {name}: …{text[max(0, place - 60) : place + 40]}…")
        return text


@pytest.fixture
def sides(world: World) -> list[Department]:
    found = departments(world.company, world.objects)
    world.clients |= browsers(found)
    return found


def asked_as(
    world: World, mine: Department, other: Department, who: str
) -> Iterator[tuple[str, Route, Callable[[], HttpResponse]]]:
    """Every request `who` of `mine` can think of, about their own, the other's, and nothing."""
    for name, route in ROUTES.items():
        for whose in (mine, other, None) if route.on else (other,):
            for data in questions(route, other):
                for headers in ({}, {"HX-Request": "true"}):
                    values = world.values(called(world, whose))
                    filled = {key: text.format(**values) for key, text in data.items()}
                    address = address_of(world, name, route, whose)
                    more = {"data": filled, "headers": headers}
                    yield (
                        f"{route.method} {address} {filled} {headers}",
                        route,
                        partial(ask, world, who, route.method, address, **more),
                    )


def address_of(world: World, name: str, route: Route, whose: Department | None) -> str:
    return world.address(name, route.on, called(world, whose))


def called(world: World, whose: Department | None) -> str:
    """What the matrix calls things of service, of billing, and of nobody."""
    if whose is None:
        return "missing"
    return "other" if whose.team == world.company.billing else "own"


def test_no_route_shows_a_department_one_byte_of_another(
    world: World, sides: list[Department]
) -> None:
    watch = Watch()
    people = 0
    for mine, other in (sides, sides[::-1]):
        for user in mine.people.values():
            people += 1
            for line, _, request in asked_as(world, mine, other, user.username):
                name = line.split(" ")[1]
                watch.look(name, f"{user} ({user.role}) {line}", request(), other.canary)
    sys.stdout.write(
        f"\nleaks: {len(ROUTES)} routes x {people} people, {watch.asked} answers, "
        f"{watch.read:,} bytes read, {len(watch.leaks)} leaks\n"
    )
    assert not watch.leaks, "\n".join(watch.leaks[:20])
    assert watch.asked > 5 * len(ROUTES) * people / 2


def test_the_canary_is_seen_by_the_department_s_own_people(
    world: World, sides: list[Department]
) -> None:
    blind = []
    for mine, other in (sides, sides[::-1]):
        assert has_draft(mine.conversation())
        for user in mine.people.values():
            watch = Watch()
            for line, route, request in asked_as(world, mine, other, user.username):
                if route.method == "GET" or "export" in line:
                    watch.look(line.split(" ")[1], line, request(), mine.canary)
            seen = {line.split(" ")[1] for line in watch.leaks}
            blind += [f"{user}: {seen}"] if len(seen) < 8 else []
    assert not blind, blind


def test_nothing_on_any_page_changes_when_another_department_gets_more_work(
    world: World,
    sides: list[Department],
    receive: Callable[..., Conversation],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Counts, order and names give nothing away either: the pages stay the same to the byte."""
    service, billing = sides
    still = clock.now()
    monkeypatch.setattr(clock, "now", lambda: still)

    def drawn() -> dict[str, str]:
        pages = {}
        for user in service.people.values():
            for line, route, request in asked_as(world, service, billing, user.username):
                if route.method == "GET":
                    pages[f"{user} {line}"] = at_rest(body(request()).rpartition("{")[0])
        return pages

    before = drawn()
    restless = first_difference(before, drawn())
    assert not restless, f"this page is never at rest: {restless}"
    for number in range(3):
        more = receive(f"{WORD} more", by=f"more{number}")
        dress(move(more, to=billing.team, by=world.company.maren), billing)
    given_away = first_difference(before, drawn())
    assert not given_away, given_away
    sys.stdout.write(f"\nleaks: {len(before)} pages the same after more work elsewhere\n")


def first_difference(before: dict[str, str], after: dict[str, str]) -> str:
    """The first page that changed, and where; empty when none did.

    Channels are the whole house's: when a post last came through one is no secret.
    """
    for line, page in before.items():
        if page != after[line] and "/manage/channels/" not in line and "/-/" not in line:
            pairs = enumerate(zip(page, after[line], strict=False))
            place = next((n for n, (one, other) in pairs if one != other), 0)
            near = slice(max(0, place - 150), place + 80)
            return f"{line}:\n{page[near]}\n--- and then ---\n{after[line][near]}"
    return ""
