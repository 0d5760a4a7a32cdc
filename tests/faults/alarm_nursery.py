"""A nursery of alarms: see `tests.faults.nursery`.

One more argument is the module whose `run` its workers run.
"""

from __future__ import annotations

import sys
from importlib import import_module

from tests.faults.nursery import Run, main


def live() -> Run:
    """The real alarm, of promises or of whatever else has its moment."""
    loop: Run = import_module(sys.argv[4]).run
    return loop


if __name__ == "__main__":
    main(live)
