"""A nursery of workers which look who answers: see `tests.faults.nursery`.

Their patience (seconds) is that of `HARKEN_PATIENCE`.
"""

from __future__ import annotations

import os
from datetime import timedelta

from tests.faults.nursery import Run, main


def live() -> Run:
    """The real look."""
    from harken.domain.departments import tasks
    from harken.domain.departments.services import move

    move.PATIENCE = timedelta(seconds=float(os.environ["HARKEN_PATIENCE"]))
    return tasks.run


if __name__ == "__main__":
    main(live)
