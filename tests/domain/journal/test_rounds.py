"""Rounds go on whatever happens, and end when they are told to."""

from __future__ import annotations

import threading

import pytest
from django.db import OperationalError, connection

from harken.domain.journal import rounds


@pytest.mark.django_db
def test_rounds_outlive_what_fails_and_end_when_told(monkeypatch):
    monkeypatch.setattr(rounds, "DATABASE_AWAY", 0.0)
    monkeypatch.setattr(connection, "close", lambda: None)
    monkeypatch.setattr(connection, "close_if_unusable_or_obsolete", lambda: None)
    stop = threading.Event()
    looks: list[int] = []

    def look() -> float:
        looks.append(len(looks))
        if len(looks) == 1:
            raise OperationalError("the server is away")
        if len(looks) == 2:
            raise RuntimeError("a broken row")
        stop.set()
        return 0.0

    rounds.look_until(stop, look, "a clock of the test")
    assert looks == [0, 1, 2]


@pytest.mark.django_db
def test_the_next_moment_is_seconds_away_past_or_never():
    assert rounds.seconds_to_next("SELECT 7.5") == 7.5
    assert rounds.seconds_to_next("SELECT -3") == 0.0
    assert rounds.seconds_to_next("SELECT NULL") == float("inf")
