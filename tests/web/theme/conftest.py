"""A stage and a Chromium for the theme's browser tests."""

from __future__ import annotations

import pytest
from playwright.sync_api import sync_playwright

from tests.web.theme.stage import Stage

CHROMIUM = "/usr/bin/chromium"


@pytest.fixture(scope="module")
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def stage():
    made = Stage()
    yield made
    made.close()


@pytest.fixture
def person(chromium, stage):
    """A browser of one person (its tabs share a stream); whatever the console says is an error."""
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, base_url=stage.url)
    context.said = []
    context.on(
        "console",
        lambda line: context.said.append(line.text) if line.type == "error" else None,
    )
    context.on("weberror", lambda error: context.said.append(str(error.error)))
    yield context
    context.close()


@pytest.fixture
def desk(person):
    """The desk, open, with its scripts at work."""
    page = person.new_page()
    page.goto("/desk/")
    page.wait_for_function("document.querySelectorAll('a.row[tabindex=\"0\"]').length === 1")
    yield page
    ours = [said for said in person.said if "Failed to load resource" not in said]
    assert ours == []
