"""What a failed call means for what was to be done: the whole table, for every network."""

from __future__ import annotations

from enum import Enum

from harken.kit.connector import ConnectorError, RateLimited, SessionLost

LONGEST_ERROR = 500  # characters kept of what a network said


class Verdict(Enum):
    """Certainly not applied and worth another try; never to be applied; or nobody knows."""

    LATER = "later"
    REFUSED = "refused"
    UNCLEAR = "unclear"


def judge(error: Exception) -> Verdict:
    """The verdict on a call that raised.

    Only a connector's own word makes a failure definite. Any other exception is a defect that may
    have struck after the write, so it is unclear.
    """
    if isinstance(error, SessionLost | RateLimited):
        return Verdict.LATER
    if not isinstance(error, ConnectorError) or error.applied is not False:
        return Verdict.UNCLEAR
    return Verdict.REFUSED if error.permanent else Verdict.LATER


def said(error: Exception) -> str:
    """The error as it is shown to people."""
    return (str(error) or type(error).__name__)[:LONGEST_ERROR]
