"""How fast and how patiently the outbox works."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pace:
    """Times in seconds. The order `deadline` < `lease` must hold, or two could send at once.

    `deadline`: the longest a connector's call may take. `lease`: how long a claim is its worker's
    alone. `settle`: when an unclear send is looked for, counted from its start (None: what the
    network's capabilities say). `poll`: the pause when nothing is due. `beat`: between two signs
    of life. `again`, `again_at_most`: the first and the longest pause before another attempt.
    """

    deadline: float = 20.0
    lease: float = 45.0
    settle: float | None = None
    poll: float = 0.2
    beat: float = 5.0
    again: float = 1.0
    again_at_most: float = 60.0

    def __post_init__(self) -> None:
        if self.deadline >= self.lease:
            raise ValueError("the deadline of a call must be shorter than the lease")

    def pause_after(self, tries: int) -> float:
        """The pause after this many tries: doubled each time, up to the longest."""
        return min(self.again_at_most, self.again * 2.0 ** min(max(tries - 1, 0), 30))
