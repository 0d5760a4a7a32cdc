"""A long list of mentions is read on by the keys, and stays as long when one of them is done."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Route

from tests.journeys.conftest import Visit
from tests.journeys.house import House, until

pytestmark = pytest.mark.journey

COUNT, PAGE = 250, 100
MONITOR = """
INSERT INTO listening_monitor (name, kind, query, number, is_on, at_once, revision)
VALUES ('Long list', 'brand', 'nobodysaysthis', 1, true, false, 0) RETURNING id
"""
MENTIONS = """
INSERT INTO listening_mention (network, uri, url, author, account, name, text, lang, links,
                               pictures, sent_at, untagged, by_us, sketch, state, reason, note)
SELECT 'feeds', 'long-' || n, '', 'ida', '', '', 'Heard number ' || n, '', '{}', 0,
       now() - interval '9 days' + n * interval '1 minute', true, false, '{}', 'new', '', ''
FROM generate_series(1, %s) AS n RETURNING id
"""
HITS = """
INSERT INTO listening_monitorhit (monitor_id, number, network, uri, mention_id, sent_at)
SELECT %s, 1, network, uri, id, sent_at FROM listening_mention WHERE uri LIKE 'long-%%'
RETURNING id
"""


@pytest.fixture
def long_list(house: House) -> Iterator[None]:
    ((monitor,),) = house.asked(MONITOR)
    house.asked(MENTIONS, COUNT)
    house.asked(HITS, monitor)
    yield
    house.asked(
        "UPDATE listening_monitor SET retired_at = now() WHERE id = %s RETURNING id", monitor
    )


def test_j_goes_on_below_the_first_hundred_and_a_done_one_leaves_the_others(
    long_list: None, visit: Visit
) -> None:
    mika = visit("mika")
    mika.goto("/desk/mentions/")
    lines = "document.querySelectorAll('[data-mention]').length"
    stands = "document.querySelector('.overheard.current .text').innerText"
    mika.holds(f"{lines} === {PAGE}")
    mika.holds("Number(document.querySelector('[href$=\"/mentions/\"] .num').innerText) >= 250")
    # What was asked for before one read on comes late, and takes nothing away again.
    asked: list[Route] = []

    def keep(route: Route) -> None:
        asked.append(route)

    mika.page.route(re.compile("[?&]rows=100"), keep)
    mika.page.evaluate("document.dispatchEvent(new CustomEvent('harken:reset'))")
    assert until(lambda: mika.page.evaluate("1") and asked)
    mika.page.locator("[data-stand]").nth(PAGE - 2).focus()
    mika.press("j")
    mika.holds(f"{lines} >= {2 * PAGE}")
    with mika.page.expect_response(re.compile("[?&]rows=2")):
        for route in asked:
            route.continue_()
    mika.page.locator("[data-stand]").nth(PAGE + 18).focus()
    mika.press("j")
    mika.holds(f"{stands} === 'Heard number 120'")
    mika.press("e")
    mika.press("4")
    mika.sees("Dismissed", "#toasts")
    mika.holds(f"{lines} >= {2 * PAGE} && {stands} === 'Heard number 121'")
    mika.press("z")
    mika.holds("document.getElementById('mentions').innerText.includes('Heard number 120\\n')")
    assert mika.page.locator("[data-mention]").count() >= 2 * PAGE
