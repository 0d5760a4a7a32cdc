"""A suggestion of a machine goes out by a person's keys alone, or not at all."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlsplit

import pytest

from harken.config.cli.group import free_port, harken
from harken.connectors.loopback.wire import Person
from tests.journeys.conftest import Visit
from tests.journeys.house import HOST, House, until
from tests.journeys.visitor import Visitor
from tests.servers.assistant import KEY, Assistant, assistant

pytestmark = pytest.mark.journey

NAME = "Solveig Dahl"
TITLE = "Rust on the chain"
SHORT = "Hi {name}, {personal} a drop of oil a week keeps rust off the chain."
TEXT = "Hi Solveig, a drop of oil a week keeps rust off your chain."
SENT = "SELECT count(*) FROM replies_reply WHERE body LIKE %s"


@pytest.fixture
def machine() -> Iterator[Assistant]:
    with assistant() as served:
        yield served


@pytest.fixture
def assisted(house: House, machine: Assistant) -> Iterator[House]:
    """The same house seen through pages of its own, which know an assistant."""
    pages, port = free_port(HOST, 0), free_port(HOST, 0)
    env = os.environ | {
        "HARKEN_DATABASE_URL": house.database,
        "HARKEN_DEMO": "0",
        "HARKEN_PAGES": f"{HOST}:{pages}",
        "HARKEN_ASSIST_URL": machine.url,
        "HARKEN_ASSIST_KEY": KEY,
        "HARKEN_ASSIST_MODEL": "small-1",
        "HARKEN_PRIVATE_HOSTS": HOST,
    }
    commands = (
        harken("web", "--workers", "1"),
        harken("live", "--host", HOST, "--port", str(port)),
    )
    running = [subprocess.Popen(command, env=env) for command in commands]
    seen = replace(house, url=f"http://{HOST}:{port}")
    try:
        assert until(seen.is_ready)
        yield seen
    finally:
        for each in running:
            each.terminate()
        for each in running:
            each.wait(15)


def save_an_answer(lena: Visitor) -> None:
    """Lena writes what we know; the machine is given nothing else."""
    lena.goto("/manage/answers/new/")
    lena.page.locator("[name=title]").fill(TITLE)
    lena.page.locator("[name=short]").fill(SHORT)
    lena.press("Control+s")
    lena.sees("is saved and found from now on")


def retire_it(lena: Visitor) -> None:
    """The house is shared: nobody after us is to find it."""
    lena.page.get_by_role("link", name=TITLE).press("Enter")
    lena.page.get_by_role("button", name="Take it out of use").press("Enter")
    lena.sees("is out of use")


def at(assisted: House, visitor: Visitor) -> Visitor:
    """The visitor at the pages that know the assistant."""
    visitor.house = assisted
    return visitor


def test_a_suggestion_with_its_sources_is_put_in_and_sent_by_a_person(
    assisted: House, machine: Assistant, visit: Visit
) -> None:
    machine.says = "Hi [name-1], a drop of oil a week keeps rust off your chain.\nSources: 1"
    lena, mika = at(assisted, visit("lena")), at(assisted, visit("mika"))
    save_an_answer(lena)
    solveig = Person("solveig.example", NAME)
    assisted.post(solveig, "@meridian.example is rust on the chain bad?")
    mika.goto("/desk/?text=Solveig+Dahl")  # the house is shared
    mika.sees(NAME, mika.row(NAME))
    mika.open(NAME)
    mika.press("r")
    assert machine.asked == []
    mika.tab_to("here.textContent.trim() === 'Suggest'")
    mika.press("Enter")
    mika.sees("Written by a machine, small-1", ".suggestion")
    mika.sees(TITLE, ".suggestion .sources")
    assert mika.written == ""
    mika.tab_to("'useText' in here.dataset")
    mika.press("Enter")
    mika.holds(f"document.querySelector('#answer').value === {TEXT!r}")
    assert len(machine.asked) == 1
    assert "Solveig" not in machine.heard
    assert assisted.asked(SENT, f"{TEXT}%") == [(0,)]
    mika.press("End")
    mika.write(" It is not bad as long as it is only on the surface. /Mika")
    mika.send()
    mika.sees("delivered", "#messages .ours")
    mine = f"{TEXT} It is not bad as long as it is only on the surface. /Mika"
    assert len(assisted.ours(mine)) == 1
    assert assisted.asked(SENT, f"{TEXT}%") == [(1,)]
    assert urlsplit(mika.page.url).port == urlsplit(assisted.url).port
    retire_it(lena)
