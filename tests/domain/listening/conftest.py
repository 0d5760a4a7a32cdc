"""Monitors, and a listening without its loop."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from harken.domain.listening.models import Monitor
from harken.domain.listening.services.monitors import Wanted, save_monitor
from harken.domain.listening.tasks import Listening
from tests.cast import Company


def work_off(listening: Listening) -> None:
    """Let it work until there is nothing left to do."""
    while listening.turn():
        pass


@pytest.fixture
def monitor(company: Company) -> Callable[..., Monitor]:
    """Save a monitor of this query."""

    def save(query: str, name: str = "", kind: str = "brand", **more: object) -> Monitor:
        wanted = Wanted(name=name or query[:80], kind=kind, query=query, **more)  # type: ignore[arg-type]
        return save_monitor(None, wanted, by=company.lena)

    return save


@pytest.fixture
def listening(transactional_db: None, company: Company) -> Listening:
    """A listening that has already found the end of the journal."""
    made = Listening()
    work_off(made)
    return made
