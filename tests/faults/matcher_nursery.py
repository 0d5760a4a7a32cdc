"""A process that raises matchers of the stream and kills them at random moments; see `nursery`."""

from __future__ import annotations

from tests.faults.nursery import Run, main


def live() -> Run:
    """A matcher as `harken matcher` runs it; it says more often how far it is."""
    from harken.config.processes import run_matcher
    from harken.domain.listening import signs

    signs.BEAT = 0.5
    return run_matcher


if __name__ == "__main__":
    main(live)
