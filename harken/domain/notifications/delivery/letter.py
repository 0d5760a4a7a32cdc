"""A letter: what goes to one address in one piece. Plain data: sending needs no database."""

from __future__ import annotations

from dataclasses import dataclass

from harken.domain.notifications.kinds import Way
from harken.domain.notifications.models import Delivery, Notification

MOST_LINES = 10


@dataclass(frozen=True, slots=True)
class Letter:
    """`deliveries` are the rows it settles. `tag` is the same however often it is tried.

    `path` is what to open inside Harken. `address` is the endpoint, mailbox or pager address; a
    browser also has its two `keys` (p256dh, auth).
    """

    deliveries: tuple[int, ...]
    way: Way
    address: str
    keys: tuple[str, str]
    title: str
    lines: tuple[str, ...]
    path: str
    tag: str
    urgent: bool
    attempt: int


class Refused(Exception):
    """The other side said no for good, or the address cannot be used."""


class Gone(Refused):
    """There is nobody at that address any more."""


class Later(Exception):
    """It may work the next time."""


def letter_of(rows: list[Delivery], path: str) -> Letter:
    """One letter for deliveries to the same address: one notification, or a digest of several."""
    first = rows[0]
    told = [row.notification for row in rows]
    title, lines = _alone(told[0]) if len(told) == 1 else _digest(told)
    subscription = first.subscription
    return Letter(
        deliveries=tuple(row.pk for row in rows),
        way=Way(first.way),
        address=_address(first),
        keys=(subscription.p256dh, subscription.auth) if subscription else ("", ""),
        title=title,
        lines=tuple(lines),
        path=path,
        tag=f"harken-{told[0].pk}" + (f"-{len(told)}" if len(told) > 1 else ""),
        urgent=any(each.urgent for each in told),
        attempt=max(row.attempts for row in rows),
    )


def _address(row: Delivery) -> str:
    if row.subscription is not None:
        return row.subscription.endpoint
    return str(row.pager.address) if row.pager is not None else row.notification.person.email


def _alone(told: Notification) -> tuple[str, list[str]]:
    return told.text, [_whose(told)] if told.conversation else []


def _digest(told: list[Notification]) -> tuple[str, list[str]]:
    lines = [f"{each.text}{_after(each)}" for each in told[:MOST_LINES]]
    more = len(told) - MOST_LINES
    return f"{len(told)} things while it was quiet", lines + (
        [f"and {more} more"] if more > 0 else []
    )


def _after(told: Notification) -> str:
    return f" ({_whose(told)})" if told.conversation else ""


def _whose(told: Notification) -> str:
    found = told.conversation
    assert found is not None  # asked only where there is one
    return found.contact.name or f"@{found.handle.handle}"
