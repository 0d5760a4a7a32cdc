"""One house and one Chromium for all journeys; a browser context for each visitor."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.journeys.house import HOST, House, running_house
from tests.journeys.visitor import Visitor

FIND_CHROMIUM = Path(__file__).resolve().parents[2] / "bin/find-chromium"
Visit = Callable[..., Visitor]


@pytest.fixture(scope="package")
def house() -> Iterator[House]:
    """The running installation all journeys share."""
    with running_house() as running:
        yield running


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """The browser of HARKEN_CHROMIUM, or the one installed here."""
    found = subprocess.run([str(FIND_CHROMIUM)], capture_output=True, text=True, check=False)
    if found.returncode:
        pytest.fail(
            "The journeys need Chromium: install it (Debian and Ubuntu: apt install chromium; "
            "macOS: brew install --cask chromium) or set HARKEN_CHROMIUM to its path."
        )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=found.stdout.strip(), args=["--no-sandbox"]
        )
        yield browser
        browser.close()


@pytest.fixture
def visit(house: House, chromium: Browser) -> Iterator[Visit]:
    """Let somebody of the cast sit down at a browser: `visit("mika")`; "" is not signed in."""
    visitors: list[Visitor] = []

    def sit_down(name: str = "mika", **options: Any) -> Visitor:
        given = {"viewport": {"width": 1440, "height": 900}, "locale": "en-GB"} | options
        context = chromium.new_context(**given)
        context.set_default_timeout(90_000)
        if name:
            key = house.sessions[name]
            context.add_cookies(
                [{"name": "harken_session", "value": key, "domain": HOST, "path": "/"}]
            )
        visitors.append(Visitor(context, house))
        return visitors[-1]

    yield sit_down
    for visitor in visitors:
        visitor.context.close()
    complaints = [visitor.complaints for visitor in visitors if visitor.complaints]
    assert complaints == [], f"{complaints}\n{house.said()}"
