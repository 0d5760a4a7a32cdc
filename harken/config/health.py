"""Whether this installation lives and is ready, for load balancers, containers and people."""

from __future__ import annotations

from datetime import timedelta

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache

from harken.domain.channels.models import ProcessBeat
from harken.kit import clock
from harken.web.access import ANYONE, page

OLDEST_BEAT = timedelta(seconds=15)
PROCESSES = ("worker", "listen")  # a beat's name starts with the kind of its process


@page(ANYONE)
@never_cache
def live(request: HttpRequest) -> JsonResponse:
    """This process answers; asks nothing else."""
    del request
    return JsonResponse({"live": True})


@page(ANYONE)
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """200 when pages can be served: database reachable and migrated; else 503 and what is missing.

    With `?full=1` the worker and listen processes must have shown life in the last 15 s too.
    """
    try:
        missing = _unmigrated() + (_silent() if request.GET.get("full") == "1" else [])
    except DatabaseError:
        missing = ["database does not answer"]
    return JsonResponse({"ready": not missing, "missing": missing}, status=503 if missing else 200)


def _unmigrated() -> list[str]:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"migration {step.app_label}.{step.name} not applied" for step, _ in plan]


def _silent() -> list[str]:
    heard = ProcessBeat.objects.filter(at__gte=clock.now() - OLDEST_BEAT)
    names = set(heard.values_list("name", flat=True))
    return [
        f"no sign of life of a {kind} process in 15 s"
        for kind in PROCESSES
        if not any(name.startswith(kind) for name in names)
    ]
