"""Was what we promised customers done by then?

A follow-up counts on the day it was due. Kept: we wrote again by then, at the network's time, or
somebody said it was done. Late and broken ones were not done by then; a late one was done since.
Kept, late, broken and open always add up to all that were due; dropped ones count nowhere.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from harken.domain.followups.queries import due_between
from harken.domain.people.models import User

VERSION = 1  # of these formulas; a change of one is a new version


@dataclass(frozen=True, slots=True)
class FollowUpSums:
    """How many were due, and what became of them."""

    due: int
    kept: int
    late: int
    broken: int
    open: int

    @property
    def rate(self) -> float | None:
        """The share of those decided that were done in time; None when none is decided."""
        decided = self.kept + self.late + self.broken
        return self.kept / decided if decided else None


def followup_sums(user: User, start: datetime, end: datetime) -> FollowUpSums:
    """The sums of what was due from `start` until before `end`, of what `user` may see."""
    states = Counter(each.state for each in due_between(user, start, end))
    return FollowUpSums(
        due=sum(states.values()),
        kept=states["kept"],
        late=states["late"],
        broken=states["broken"],
        open=states["open"],
    )
