"""A crowd of signed-in people, each with an open stream, and what they heard."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks.processes import HOST, folder, free_port, running, wait_for
from benchmarks.world import analyze

if TYPE_CHECKING:
    from harken.domain.channels.models import Channel
    from harken.kit.connector import InboundPost

BROWSERS, TEAMS = 500, 50


@dataclass
class Browsers:
    """The process with all the streams; `team_of` says whose stream each is."""

    process: subprocess.Popen[str]
    team_of: Sequence[int]

    def heard(self, expected: int) -> list[tuple[int, int, float]]:
        """(stream, message, when) of all that came since the last call."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{expected}\n")
        self.process.stdin.flush()
        said = json.loads(self.process.stdout.readline())
        assert said["resets"] == 0, f"{said['resets']} streams were reset or ended"
        return [(stream, message, at) for stream, message, at in said["heard"]]


def people() -> tuple[list[str], list[int]]:
    """A signed-in agent for each browser, spread over the teams; cookies, and the team of each."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from harken.domain.people.models import Membership, Team, User

    teams = list(Team.objects.order_by("pk"))
    users = User.objects.bulk_create(
        User(username=f"agent{n}", role="agent", password="!") for n in range(BROWSERS)
    )
    Membership.objects.bulk_create(
        Membership(user=user, team=teams[n % TEAMS]) for n, user in enumerate(users)
    )
    cookies = []
    for user in users:
        store = SessionStore()
        store[SESSION_KEY] = str(user.pk)
        store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        store[HASH_SESSION_KEY] = user.get_session_auth_hash()
        store.create()
        cookies.append(f"{settings.SESSION_COOKIE_NAME}={store.session_key}")
    return cookies, [teams[n % TEAMS].pk for n in range(BROWSERS)]


def conversations(account: Channel) -> list[InboundPost]:
    """The root posts of 20 conversations for each team, as if sorted there earlier."""
    from benchmarks.intake import posts
    from harken.domain.conversations.models import Conversation
    from harken.domain.conversations.services.receive import receive_posts
    from harken.domain.people.models import Team

    roots = [post for post in posts(TEAMS * 30, "root") if post.root_id == post.external_id]
    receive_posts(account, roots)
    teams = list(Team.objects.order_by("pk"))
    for n, team in enumerate(teams):
        keys = [post.root_id for post in roots[n::TEAMS]]
        Conversation.objects.filter(thread_key__in=keys).update(team=team)
    analyze()
    return roots


def delivered(
    listening: Browsers, goes_to: dict[int, tuple[int | None, float]]
) -> list[tuple[int, float]]:
    """(message, seconds it took) of each delivery; `goes_to` is team and start of each message.

    Fails unless everybody got the messages of their team, each once, and no others.
    """
    streams: dict[int | None, set[int]] = {None: set(range(BROWSERS))}
    for stream, team in enumerate(listening.team_of):
        streams.setdefault(team, set()).add(stream)
    wanted = {(stream, pk) for pk, (team, _) in goes_to.items() for stream in streams[team]}
    heard = listening.heard(len(wanted))
    got = Counter((stream, message) for stream, message, _ in heard)
    twice = sum(1 for count in got.values() if count > 1)
    missing, foreign = len(wanted - got.keys()), len(got.keys() - wanted)
    assert not (twice or missing or foreign), f"{twice=} {missing=} {foreign=} of {len(wanted)}"
    return [(message, at - goes_to[message][1]) for _, message, at in heard]


@contextmanager
def live_process(cookie: str) -> Iterator[int]:
    """`harken live` on a free port, without pages behind it; yields the port."""
    from harken.config.cli.group import harken

    port = free_port()
    with folder() as data:
        pages = {"HARKEN_PAGES": f"unix:{data}/nobody.sock"}
        with running(harken("live", "--host", HOST, "--port", str(port)), pages):
            wait_for(f"http://{HOST}:{port}/live", cookie=cookie)
            yield port


@contextmanager
def raw_process(url: str) -> Iterator[int]:
    """The bare server on a free port; yields the port."""
    port = free_port()
    with running([sys.executable, "-m", "benchmarks.raw_server", url, str(port)]) as process:
        expect_ready(process)
        yield port


@contextmanager
def browsers(port: int, cookies: list[str], team_of: list[int]) -> Iterator[Browsers]:
    """All streams open, in their own process."""
    with running([sys.executable, "-m", "benchmarks.browsers"]) as process:
        assert process.stdin is not None
        process.stdin.write(json.dumps({"port": port, "cookies": cookies}) + "\n")
        process.stdin.flush()
        expect_ready(process)
        yield Browsers(process, team_of)


def expect_ready(process: subprocess.Popen[str]) -> None:
    """Fail unless the process says that it is."""
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n", f"{process.args!r} did not start"
