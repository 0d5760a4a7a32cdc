"""What load balancers and the start command ask."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.test import Client

from harken.domain.channels.models import ProcessBeat
from harken.kit import clock


def test_a_living_process_says_so_without_a_database() -> None:
    assert Client().get("/-/live").json() == {"live": True}


@pytest.mark.django_db
def test_a_migrated_database_is_ready() -> None:
    response = Client().get("/-/ready")
    assert (response.status_code, response.json()) == (200, {"ready": True, "missing": []})


@pytest.mark.django_db
def test_full_readiness_needs_worker_and_listener_alive() -> None:
    browser = Client()
    ProcessBeat.objects.create(name="worker:1", at=clock.now())
    ProcessBeat.objects.create(name="listen:1", at=clock.now() - timedelta(seconds=20))
    tired = browser.get("/-/ready?full=1")
    assert tired.status_code == 503
    assert tired.json()["missing"] == ["no sign of life of a listen process in 15 s"]
    ProcessBeat.objects.filter(name="listen:1").update(at=clock.now())
    assert browser.get("/-/ready?full=1").status_code == 200


@pytest.mark.django_db
def test_what_is_missing_is_named(monkeypatch) -> None:
    def unreachable() -> list[str]:
        raise DatabaseError

    monkeypatch.setattr("harken.config.health._unmigrated", unreachable)
    response = Client().get("/-/ready")
    assert (response.status_code, response.json()["missing"]) == (
        503,
        ["database does not answer"],
    )
