"""A nursery of processes that read sources: see `tests.faults.nursery`."""

from __future__ import annotations

from functools import partial

from tests.faults.nursery import Run, main


def live() -> Run:
    """The real reading; who dies is replaced at once, so its lock is asked for more often.

    Over the stream where one is named.
    """
    from harken.config.streams import has_stream, open_stream
    from harken.domain.listening import sourcing

    sourcing.TAKE_OVER, sourcing.LOOK = 0.05, 0.05
    return partial(sourcing.run, open_stream=open_stream if has_stream() else None)


if __name__ == "__main__":
    main(live)
