"""A nursery of workers which run rules: see `tests.faults.nursery`."""

from __future__ import annotations

from tests.faults.nursery import Run, main


def live() -> Run:
    """The real loop."""
    from harken.domain.automation import tasks

    return tasks.run


if __name__ == "__main__":
    main(live)
