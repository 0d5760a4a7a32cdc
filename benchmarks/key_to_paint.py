"""U1: from a key press to the painted conversation, in Chromium, on real web and live processes.

Measured inside the page: from the time stamp of the key event to the first task after the frame in
which the conversation was swapped in. `j` goes to the next row and `o` opens it. Locally `o` comes
at once, before anything was fetched ahead. With a network round trip, emulated by the browser's own
tools, the person looks at the row for a moment first, which the desk uses to fetch ahead.
"""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles
from typing import TYPE_CHECKING

from benchmarks.figure import Figure
from benchmarks.processes import HOST, folder, free_port, running, wait_for
from benchmarks.world import analyze, channel, database

if TYPE_CHECKING:
    from playwright.sync_api import Page

CONVERSATIONS = 1500
SAMPLES, WARMING = 60, 8
ROUND_TRIP = 80  # ms
LOOK = 0.4  # seconds a person looks at a row before opening it
LOCAL_LIMIT, DISTANT_LIMIT = 100, 150  # ms
FIND_CHROMIUM = Path(__file__).resolve().parent.parent / "bin" / "find-chromium"

NOTHING = "F9"  # a key that does nothing: what the machine takes for an empty frame
# The stopwatch: runs in the page, is no part of it.
STOPWATCH = """
(() => {
  let pressed = 0;
  const after = new MessageChannel();
  const stop = (conversation) => requestAnimationFrame(() => {
    after.port1.onmessage = () => window.stop(Number(conversation));
    after.port2.postMessage(null);
  });
  window.stopwatch = () => {
    window.painted = new Promise((done, fail) => {
      window.stop = (conversation) => done([conversation, performance.now() - pressed]);
      setTimeout(() => fail(new Error("nothing was opened")), 10000);
    });
  };
  addEventListener("keydown", (event) => {
    pressed = event.timeStamp;
    if (event.key === "F9") stop(0);
  }, true);
  document.addEventListener("harken:opened", ({ detail }) => stop(detail.conversation));
})();
"""


def measure() -> list[Figure]:
    """Milliseconds of the slowest twentieth, as a part of what we allow."""
    with database(), desk() as (url, cookie), chromium_page(url, cookie) as page:
        empty = percentile_95(empty_frames(page))
        local = samples(page, lambda: open_next(page, look=0))
        devtools = page.context.new_cdp_session(page)
        devtools.send("Network.enable")
        conditions = {"offline": False, "latency": ROUND_TRIP}
        conditions |= {"downloadThroughput": -1, "uploadThroughput": -1}
        devtools.send("Network.emulateNetworkConditions", conditions)
        distant = samples(page, lambda: open_next(page, look=LOOK))
    far = f"the same with {ROUND_TRIP} ms round trip, fetched ahead"
    return [
        figure("U1a", "key to painted conversation p95", local, (LOCAL_LIMIT, 0.6), empty),
        figure("U1b", far, distant, (DISTANT_LIMIT, 0.4), empty),
    ]


def figure(
    id_: str, what: str, took: list[float], limit_and_aim: tuple[int, float], empty: float
) -> Figure:
    """A row of the table: the 95th percentile against the limit, both in milliseconds."""
    limit, aim = limit_and_aim
    p95 = percentile_95(took)
    how = (
        f"{p95:.0f} ms of {limit} ms allowed (p50 {median(took):.0f} ms, an empty frame's p95"
        f" {empty:.0f} ms); {len(took)} openings, {CONVERSATIONS:,} posts in the desk,"
        f" load {os.getloadavg()[0]:.0f}"
    )
    return Figure(id_, what, p95 / limit, 1.0, aim, False, how)


def percentile_95(took: list[float]) -> float:
    """The time that 19 of 20 stay below."""
    return quantiles(took, n=20)[-1]


def empty_frames(page: Page) -> list[float]:
    """Milliseconds from a key that does nothing to the frame after it."""
    took = []
    for _ in range(SAMPLES):
        page.evaluate("stopwatch()")
        page.keyboard.press(NOTHING)
        took.append(page.evaluate("painted")[1])
    return took


def samples(page: Page, press: Callable[[], None]) -> list[float]:
    """Milliseconds of each opening, after warming. Fails when a key opens nothing new."""
    took = []
    seen = 0
    for n in range(WARMING + SAMPLES):
        page.evaluate("stopwatch()")
        press()
        conversation, milliseconds = page.evaluate("painted")
        assert conversation != seen, f"conversation {seen} was opened twice in a row"
        shown = page.locator("[data-open-conversation]").get_attribute("data-open-conversation")
        assert shown == str(conversation), f"{shown} is shown, not {conversation}"
        seen = conversation
        if n >= WARMING:
            took.append(milliseconds)
        time.sleep(0.05)
    return took


def open_next(page: Page, *, look: float) -> None:
    """Go to the next row, look at it for so many seconds, open it."""
    page.keyboard.press("j")
    time.sleep(look)
    page.keyboard.press("o")


@contextmanager
def desk() -> Iterator[tuple[str, str]]:
    """The web and live processes with a company in their database; address and session key."""
    from harken.config.cli.group import harken

    session = company()
    port = free_port()
    with folder() as data:
        pages = {"HARKEN_PAGES": f"unix:{data}/pages.sock"}
        live = harken("live", "--host", HOST, "--port", str(port))
        with running(harken("web", "--workers", "2"), pages), running(live, pages):
            url = f"http://{HOST}:{port}"
            wait_for(f"{url}/-/ready")
            yield url, session


def company() -> str:
    """An agent with many conversations waiting; the key of her session."""
    from django.conf import settings
    from django.test import Client

    from benchmarks.intake import posts
    from harken.domain.conversations.services.receive import receive_posts
    from harken.domain.people.models import Membership, User

    account = channel()
    assert account.team is not None
    user = User.objects.create_user("mika", password="x", role="agent", display_name="Mika")
    Membership.objects.create(user=user, team=account.team)
    receive_posts(account, list(posts(CONVERSATIONS, "paint")))
    analyze()
    client = Client()
    client.force_login(user)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


@contextmanager
def chromium_page(url: str, session: str) -> Iterator[Page]:
    """The desk, signed in, with the stopwatch running."""
    from playwright.sync_api import sync_playwright

    found = subprocess.run([FIND_CHROMIUM], capture_output=True, text=True, check=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=found.stdout.strip(), args=["--no-sandbox"]
        )
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        context.add_cookies([{"name": "harken_session", "value": session, "url": url}])
        context.add_init_script(STOPWATCH)
        page = context.new_page()
        page.goto(f"{url}/desk/?view=all")
        page.locator('a.row[tabindex="0"]').wait_for()
        unroll(page)
        yield page
        browser.close()


def unroll(page: Page) -> None:
    """Scroll down until the list has a row for every sample, and back up."""
    rows = page.locator("a.row")
    while (there := rows.count()) < 2 * (WARMING + SAMPLES):
        page.locator("li.more").scroll_into_view_if_needed()
        rows.nth(there).wait_for()
    rows.first.scroll_into_view_if_needed()
