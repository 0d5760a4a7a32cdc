"""W1: CPU of the inbox page against CPU of a page that says hello, same middleware, signed in."""

from __future__ import annotations

import time
from statistics import median

from benchmarks.figure import Figure
from benchmarks.intake import posts
from benchmarks.world import analyze, channel, database

CONVERSATIONS = 5000
ROUNDS = 60


def measure() -> list[Figure]:
    """The whole inbox page (50 rows, counts, views, frame) as a signed-in agent gets it."""
    with database():
        from django.conf import settings
        from django.test import Client

        from harken.domain.conversations.services.receive import receive_posts
        from harken.domain.people.models import Membership, User

        settings.ROOT_URLCONF = "benchmarks.hello_urls"
        settings.ALLOWED_HOSTS = ["testserver"]
        account = channel()
        assert account.team is not None
        user = User.objects.create_user("mika", password="x", role="agent", display_name="Mika")
        Membership.objects.create(user=user, team=account.team)
        receive_posts(account, list(posts(CONVERSATIONS, "page")))
        analyze()
        client = Client()
        client.force_login(user)
        hello, inbox = cpu(client, "/hello"), cpu(client, "/desk/?view=all")
        body = client.get("/desk/?view=all").content
        assert body.count(b"data-row") >= 50 or body.count(b'class="row') >= 50, "not the inbox"
    how = f"{inbox * 1e3:.1f} ms against {hello * 1e3:.2f} ms CPU, {len(body) / 1024:.0f} KB page"
    return [Figure("W1", "inbox page CPU against hello", inbox / hello, 20, 10, False, how)]


def cpu(client: object, path: str) -> float:
    """Median CPU seconds of one request, after warming."""
    get = client.get  # type: ignore[attr-defined]
    for _ in range(5):
        assert get(path).status_code == 200, path
    spent = []
    for _ in range(ROUNDS):
        began = time.process_time()
        get(path)
        spent.append(time.process_time() - began)
    return median(spent)
