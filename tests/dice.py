"""Loaded before everything else: the dice of Hypothesis fall alike in every run, on every machine.

What passed here passes there: no clock stops an example, and no chance finds one the last run did
not. Who looks for new ones throws anew: `--hypothesis-profile=default`.
"""

from __future__ import annotations

from hypothesis import HealthCheck, settings

settings.register_profile(
    "push",
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("push")
