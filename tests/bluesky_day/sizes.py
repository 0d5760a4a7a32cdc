"""How large a run is: a short one for every push, the full one for the soak runs."""

from __future__ import annotations

from dataclasses import dataclass

import pytest


@dataclass(frozen=True)
class Size:
    """`seconds`: over which the posts are spread; `outage`: how long the network is away."""

    accounts: int
    posts: int
    answers: int
    seconds: float
    outage: float
    patience: float  # seconds until everything must be right


SHORT = Size(accounts=6, posts=24, answers=6, seconds=12, outage=15, patience=180)
FULL = Size(accounts=30, posts=200, answers=50, seconds=120, outage=120, patience=300)
SIZES = [pytest.param(SHORT, id="short"), pytest.param(FULL, id="full", marks=pytest.mark.soak)]
