"""All routes x all roles x {own, other team's, missing} objects, as page and as fragment."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Iterator

from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.web.matrix import ACCOUNT, FILES, ROUTES
from tests.web.route import ALL, ROLES, SEES_ALL, Route
from tests.web.things import CANARY
from tests.web.world import (
    WHOSE,
    World,
    ask,
    body,
    undone,
    world,
)

__all__ = ["world"]  # the fixture


def routes(found: URLResolver | None = None, space: str = "") -> Iterator[str]:
    """The names of all routes; a route without a name is named by its pattern."""
    for pattern in (found or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from routes(pattern, inner)
        elif isinstance(pattern, URLPattern):
            yield f"{space}{pattern.name or pattern.pattern}"


def test_every_route_is_in_the_matrix_and_every_line_of_it_is_a_route() -> None:
    assert sorted(routes()) == sorted([*ROUTES, *ACCOUNT])


def test_every_role_gets_what_the_matrix_says_and_never_another_team_s_words(
    world: World,
) -> None:
    """And every answer carries the policy, refusals too."""
    tried, surprises, leaks, bare = 0, [], [], []
    for (name, route), role, fragment in itertools.product(ROUTES.items(), ROLES, (False, True)):
        for whose in WHOSE if route.on else ("other",):
            answer = _asked(world, name, route, role, whose, fragment)
            tried += 1
            # An address without an object has nothing that could be foreign or missing.
            met = whose if route.on else "own"
            expected = route.expected(role, met, fragment=fragment)
            line = f"{name} {role} {whose}{' fragment' if fragment else ''}"
            if answer.status_code != expected:
                surprises.append(f"{line}: {answer.status_code} instead of {expected}")
            if role not in SEES_ALL and CANARY in body(answer):
                leaks.append(line)
            policy = answer.headers.get("Content-Security-Policy", "")
            if "default-src 'none'" not in policy or "unsafe" in policy:
                bare.append(f"{line}: {policy!r}")
    sys.stdout.write(
        f"\nroute matrix: {len(ROUTES)} routes, {tried} requests, "
        f"{len(surprises)} surprises, {len(leaks)} leaks\n"
    )
    assert not surprises, "\n".join(surprises)
    assert not leaks, "\n".join(leaks)
    assert not bare, "\n".join(bare)
    assert tried > 1000


def _asked(
    world: World, name: str, route: Route, role: str, whose: str, fragment: bool
) -> HttpResponse:
    data = {key: text.format(**world.values(whose)) for key, text in route.data.items()}
    address = world.address(name, route.on, whose)
    headers = {"HX-Request": "true"} if fragment else {}
    return ask(world, role, route.method, address, data=data, headers=headers)


def test_the_canary_is_there_for_who_may_see_it(world: World) -> None:
    seen = [
        name
        for name in (
            "desk:inbox",
            "desk:rows",
            "desk:palette",
            "desk:search",
            "desk:contacts",
            "desk:notifications",
            "manage:triage",
            "desk:escalations",
            "desk:followups",
        )
        if CANARY in body(_asked(world, name, ROUTES[name], "manager", "other", False))
    ]
    seen += [
        name
        for name in ("desk:conversation", "desk:messages", "desk:contact")
        if CANARY in body(_asked(world, name, ROUTES[name], "executive", "other", False))
    ]
    assert len(seen) == 12, seen


def test_the_wrong_method_is_refused_on_every_route(world: World) -> None:
    tried, wrong = 0, []
    for name, route in ROUTES.items():
        role = "manager"
        address = world.address(name, route.on, "own")
        others = ("POST", "PUT", "DELETE") if route.method == "GET" else ("GET", "PUT", "DELETE")
        for method in others:
            answer = ask(world, role, method, address)
            tried += 1
            if answer.status_code != 405:
                wrong.append(f"{method} {name}: {answer.status_code}")
    sys.stdout.write(f"\nroute matrix: {tried} wrong methods, {len(wrong)} let in\n")
    assert not wrong, "\n".join(wrong)


def test_no_form_is_taken_without_its_secret(world: World) -> None:
    tried, let_in = 0, []
    for name, route in ROUTES.items():
        if route.method != "POST":
            continue
        client = Client(enforce_csrf_checks=True)
        client.cookies = world.clients["manager"].cookies
        with undone():
            answer = client.post(world.address(name, route.on, "own"), dict(route.data))
        tried += 1
        if answer.status_code != 403:
            let_in.append(f"{name}: {answer.status_code}")
    sys.stdout.write(f"\nroute matrix: {tried} forms without their secret, {len(let_in)} let in\n")
    assert not let_in


def test_account_pages_and_files_answer_as_written(world: World) -> None:
    tried, surprises = 0, []
    for (name, line), role in itertools.product(ACCOUNT.items(), ROLES):
        method, args, visitor, person = line
        answer = ask(world, role, method, reverse(name, kwargs=args))
        expected = visitor if role == "anonymous" else person
        tried += 1
        if answer.status_code != expected or CANARY in body(answer):
            surprises.append(f"{name} {role}: {answer.status_code} instead of {expected}")
    for (address, expected), role in itertools.product(FILES.items(), sorted(ALL)):
        answer = ask(world, role, "GET", address)
        tried += 1
        if answer.status_code != expected or "HARKEN_SECRET_KEY" in body(answer):
            surprises.append(f"{address} {role}: {answer.status_code} instead of {expected}")
    sys.stdout.write(
        f"\nroute matrix: {tried} account pages and files, {len(surprises)} surprises\n"
    )
    assert not surprises, "\n".join(surprises)
