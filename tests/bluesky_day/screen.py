"""An open inbox in Chromium that notes when each post is painted."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright

from tests.bluesky_day.house import House
from tests.journeys.house import HOST

FIND_CHROMIUM = Path(__file__).resolve().parents[2] / "bin/find-chromium"
# A frame after the row changed, because a changed row is not yet a painted one.
WATCH = r"""() => {
  const seen = new Set();
  window.painted = {};
  const look = () => {
    for (const row of document.querySelectorAll("#rows > li"))
      for (const [mark] of row.textContent.matchAll(/\[\d{4}\]/g)) {
        if (seen.has(mark)) continue;
        seen.add(mark);
        requestAnimationFrame(() => setTimeout(() => { window.painted[mark] = Date.now(); }));
      }
  };
  new MutationObserver(look).observe(document.querySelector("#rows"),
    { childList: true, subtree: true, characterData: true });
}"""


class Screen:
    """One agent's inbox, newest first."""

    def __init__(self, page: Page) -> None:
        self._page = page

    def painted(self) -> dict[str, float]:
        """When each mark was first on the screen, Unix time in seconds."""
        times: dict[str, float] = self._page.evaluate("window.painted")
        return {mark: time / 1000 for mark, time in times.items()}


@contextmanager
def open_inbox(house: House, who: str) -> Iterator[Screen]:
    """The inbox of `who`, live, until the end of the `with` block."""
    found = subprocess.run([str(FIND_CHROMIUM)], capture_output=True, text=True, check=False)
    if found.returncode:
        pytest.fail("This test needs Chromium: install it or set HARKEN_CHROMIUM to its path.")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=found.stdout.strip(), args=["--no-sandbox"]
        )
        context = chromium.new_context(viewport={"width": 1440, "height": 900})
        key = house.sessions[who]
        context.add_cookies([{"name": "harken_session", "value": key, "domain": HOST, "path": "/"}])
        page = context.new_page()
        page.goto(f"{house.url}/desk/?view=all")
        page.wait_for_selector("#rows", state="attached")
        page.evaluate(WATCH)
        yield Screen(page)
        chromium.close()
