"""A database and a company of a benchmark's own, gone at its end."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from harken.kit.postgres import Postgres

if TYPE_CHECKING:
    from harken.domain.channels.models import Channel

SECRET = "only-for-benchmarks-and-never-anywhere-else-0123456789"


@contextmanager
def database() -> Iterator[str]:
    """An empty, migrated embedded PostgreSQL; yields its URL and sets Django up on it."""
    folder = Path(tempfile.mkdtemp(prefix="harken-bench-"))
    server = Postgres(folder / "pg")
    url = server.start()
    os.environ |= {
        "HARKEN_DATABASE_URL": url,
        "HARKEN_SECRET_KEY": SECRET,
        "HARKEN_PRIVATE_HOSTS": "127.0.0.1,localhost",
        "DJANGO_SETTINGS_MODULE": "harken.config.django",
    }
    try:
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        yield url
    finally:
        from django.db import connections

        connections.close_all()
        server.destroy()
        shutil.rmtree(folder, ignore_errors=True)


def channel(teams: int = 1) -> Channel:
    """A brand with teams and one connected channel of the first team."""
    from harken.domain.channels.models import Channel
    from harken.domain.people.models import Brand, Team

    brand = Brand.objects.create(name="Meridian", slug="meridian")
    made = [
        Team.objects.create(brand=brand, name=f"Team {n}", slug=f"team-{n}") for n in range(teams)
    ]
    return Channel.objects.create(
        brand=brand,
        team=made[0],
        network="loopback",
        external_id="acct-bench",
        handle="bench.example",
        service="http://127.0.0.1:9",
    )


def analyze() -> None:
    """Plans as a running installation has them."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
