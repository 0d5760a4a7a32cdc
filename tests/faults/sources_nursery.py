"""A nursery of processes that read sources: see `tests.faults.nursery`."""

from __future__ import annotations

from tests.faults.nursery import Run, main


def live() -> Run:
    """The real reading; who dies is replaced at once, so its lock is asked for more often."""
    from harken.domain.listening import sourcing

    sourcing.TAKE_OVER, sourcing.LOOK = 0.05, 0.05
    return sourcing.run


if __name__ == "__main__":
    main(live)
