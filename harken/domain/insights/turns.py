"""Turns as they went, worked out from what was said and what was done. No database.

Every customer message is settled by the first act that covers it: our answer, a closing with a
reason, or its own deletion. The messages that one act settles are one turn, which began with the
oldest of them. So each turn has exactly one fate, and answered + dismissed + open is received.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

TAKEN_BACK = "deleted"  # the value of `CloseReason.DELETED`: its author closed it


class Fate(StrEnum):
    """What became of a turn."""

    ANSWERED = "answered"
    DISMISSED = "dismissed"
    OPEN = "open"


class Said(NamedTuple):
    """A customer message. Times are aware UTC: at the network, at us, when it was taken back."""

    conversation: int
    id: int
    sent_at: datetime
    received_at: datetime
    deleted_at: datetime | None


class Act(NamedTuple):
    """What ends turns: an answer (`reason` empty) or a closing with a reason.

    It covers the messages up to the id `up_to`, or, with `up_to` None, those sent until `at`:
    of an answer written outside Harken nobody knows what its writer had seen.
    """

    conversation: int
    at: datetime
    up_to: int | None
    by: int | None
    reason: str = ""

    def covers(self, said: Said) -> bool:
        """Whether this settles the message, if nothing did before."""
        return said.id <= self.up_to if self.up_to is not None else said.sent_at <= self.at


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn: `message` opened it, `by` (a user's id) ended it, `reason` is set if dismissed.

    `is_first`: nothing of ours stood in the conversation when it began.
    """

    conversation: int
    message: int
    started_at: datetime
    received_at: datetime
    is_first: bool
    fate: Fate
    ended_at: datetime | None = None
    by: int | None = None
    reason: str = ""

    @property
    def seconds(self) -> float | None:
        """Calendar seconds until it ended; None while it is open."""
        if self.ended_at is None:
            return None
        return max(0.0, (self.ended_at - self.started_at).total_seconds())

    @property
    def lag(self) -> float:
        """Seconds from its time at the network until we had it."""
        return max(0.0, (self.received_at - self.started_at).total_seconds())


def turns_of(said: Iterable[Said], acts: Iterable[Act]) -> list[Turn]:
    """The turns of these messages, oldest first. Give all messages and acts of a conversation."""
    done: dict[int, list[Act]] = defaultdict(list)
    for act in sorted(acts, key=lambda act: act.at):
        done[act.conversation].append(act)
    asked: dict[int, list[Said]] = defaultdict(list)
    for each in sorted(said, key=lambda said: (said.sent_at, said.id)):
        asked[each.conversation].append(each)
    found = [turn for key, theirs in asked.items() for turn in _of_one(theirs, done[key])]
    return sorted(found, key=lambda turn: (turn.started_at, turn.message))


def _of_one(asked: list[Said], acts: list[Act]) -> list[Turn]:
    """The turns of one conversation; its messages and acts in order of time."""
    found: list[Turn] = []
    opened: set[Act | None] = set()
    waited_until: datetime | None = None  # the latest end of the messages so far; None: no end
    anybody = False
    for said in asked:
        act = next((act for act in acts if act.covers(said)), None)
        gone = said.deleted_at
        if gone is not None and act is not None and act.at <= gone:
            gone = None  # answered before it was taken back
        ended = gone or (act.at if act else None)
        if gone is not None:
            # Taken back while it waited: a turn of its own if it was the oldest by then.
            if not anybody or (waited_until is not None and waited_until < gone):
                found.append(
                    _turn(said, acts, Act(said.conversation, gone, None, None, TAKEN_BACK))
                )
        elif act not in opened:
            opened.add(act)
            found.append(_turn(said, acts, act))
        waited_until = ended if not anybody else _later(waited_until, ended)
        anybody = True
    return found


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    return None if one is None or other is None else max(one, other)


def _turn(said: Said, acts: list[Act], act: Act | None) -> Turn:
    answered = any(not each.reason and each.at <= said.sent_at for each in acts)
    return Turn(
        conversation=said.conversation,
        message=said.id,
        started_at=said.sent_at,
        received_at=said.received_at,
        is_first=not answered,
        fate=_fate(act),
        ended_at=act.at if act else None,
        by=act.by if act else None,
        reason=act.reason if act else "",
    )


def _fate(act: Act | None) -> Fate:
    if act is None:
        return Fate.OPEN
    return Fate.DISMISSED if act.reason else Fate.ANSWERED
