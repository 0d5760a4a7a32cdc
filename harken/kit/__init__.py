"""Tools without a domain word; each module is named after a thing."""

import sys

# httpx brings a command line that nobody here uses, and with it rich and pygments: an eighth of the
# time each process takes to start. Where that module is missing, httpx does without it.
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]
