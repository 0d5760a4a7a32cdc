"""A nursery of workers which wake what was set aside: see `tests.faults.nursery`."""

from __future__ import annotations

from tests.faults.nursery import Run, main


def live() -> Run:
    """The real loop."""
    from harken.domain.conversations import waking

    return waking.run


if __name__ == "__main__":
    main(live)
