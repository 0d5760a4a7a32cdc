"""A nursery of workers which bring mentions into the inbox: see `tests.faults.nursery`."""

from __future__ import annotations

from datetime import timedelta

from tests.faults.nursery import Run, main


def live() -> Run:
    """The real loop; what a killed worker had claimed is free again sooner."""
    from harken.domain.listening import taking

    taking.CLAIM = timedelta(seconds=2)
    return taking.run


if __name__ == "__main__":
    main(live)
