"""Which answers did we take back on a day, and does something right stand there instead?

An answer counts on the day somebody asked for its deletion, whatever became of that. It is put
right once a correcting answer stands at the network, and it stays when the network refused.
"""

from __future__ import annotations

from dataclasses import dataclass

from harken.domain.insights.queries import Narrowed, asked_for
from harken.domain.insights.reports.day import EVERYTHING, Period
from harken.domain.people.models import User
from harken.domain.replies.models import ReplyState
from harken.domain.replies.queries_retractions import TakenBack, asked_between


@dataclass(frozen=True, slots=True)
class Retracted:
    """How many were taken back, how many of them are put right, and how many still stand."""

    asked: int
    put_right: int
    stays: int


def retracted(user: User, period: Period, narrowed: Narrowed = EVERYTHING) -> Retracted:
    """The sums of what `user` may see; `narrowed.agent` is who had written the answer."""
    found = _found(user, period, narrowed)
    return Retracted(
        asked=len(found),
        put_right=sum(
            each.correcting is not None and each.correcting.state == ReplyState.SENT
            for each in found
        ),
        stays=sum(each.state == "refused" for each in found),
    )


def _found(user: User, period: Period, narrowed: Narrowed) -> list[TakenBack]:
    found = asked_between(asked_for(user, narrowed), period.start, period.end)
    agent = narrowed.agent
    return [each for each in found if agent is None or each.retraction.author_id == agent]
