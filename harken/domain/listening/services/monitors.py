"""The list of monitors: save, switch, take out."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.db.models import F

from harken.domain.conversations.models import Topic
from harken.domain.journal.services import record
from harken.domain.listening.events import MonitorRetired, MonitorSaved, MonitorSwitched
from harken.domain.listening.language.errors import QueryError
from harken.domain.listening.language.nodes import Node
from harken.domain.listening.language.parser import parse
from harken.domain.listening.matcher.anchors import check_cover
from harken.domain.listening.models import (
    Alarm,
    Monitor,
    MonitorKind,
    MonitorRevision,
    MonitorVersion,
)
from harken.domain.people.models import Brand, Team, User
from harken.kit import clock
from harken.kit.refusals import Invalid, NotAllowed

MOST_LETTERS = 20_000  # of a query


@dataclass(frozen=True, slots=True)
class Wanted:
    """A monitor as somebody wants it; `at_once`: what it hears comes into the inbox unasked."""

    name: str
    kind: str
    query: str
    brand: Brand | None = None
    topic: Topic | None = None
    team: Team | None = None
    alarm: str = Alarm.NORMAL
    at_once: bool = False


class Unreadable(Invalid):
    """The query cannot be read; `.error` points at its column."""

    def __init__(self, error: QueryError) -> None:
        super().__init__(str(error))
        self.error = error


def read_query(query: str) -> Node:
    """What a query says. Raises `QueryError`, also for one that would hear nearly every post."""
    if len(query) > MOST_LETTERS:
        at = (MOST_LETTERS, MOST_LETTERS)
        raise QueryError(f"A query has at most {MOST_LETTERS:,} characters; make two of it.", at)
    node = parse(query)
    check_cover(node)
    return node


def save_monitor(monitor: Monitor | None, wanted: Wanted, *, by: User) -> Monitor:
    """Make a monitor, or change one; a changed query is a new version.

    Raises `NotAllowed`, `Invalid`, `Unreadable`.
    """
    _need_manager(by)
    name = wanted.name.strip()
    _check(name, wanted)
    try:
        read_query(wanted.query)
    except QueryError as error:
        raise Unreadable(error) from error
    with transaction.atomic():
        revision = _next_revision()
        namesake = Monitor.objects.filter(name=name, retired_at=None).first()
        if namesake is not None and (monitor is None or namesake.pk != monitor.pk):
            raise Invalid(f"There is a monitor called {name} already. Choose another name.")
        saved = _stored(monitor, name, wanted, revision)
        made, _ = MonitorVersion.objects.get_or_create(
            monitor=saved, number=saved.number, defaults={"query": saved.query, "by": by}
        )
        record(MonitorSaved(by=by.pk, monitor=saved.pk, number=made.number))
    return saved


def switch_monitor(monitor: Monitor, *, on: bool, by: User) -> Monitor:
    """Let a monitor listen, or rest. Raises `NotAllowed`."""
    _need_manager(by)
    with transaction.atomic():
        revision = _next_revision()
        listed = Monitor.objects.filter(pk=monitor.pk, retired_at=None).exclude(is_on=on)
        if listed.update(is_on=on, revision=revision):
            record(MonitorSwitched(by=by.pk, monitor=monitor.pk, on=on))
    monitor.refresh_from_db()
    return monitor


def retire_monitor(monitor: Monitor, *, by: User) -> Monitor:
    """Take a monitor out of the list; what it heard stays. Raises `NotAllowed`."""
    _need_manager(by)
    with transaction.atomic():
        revision = _next_revision()
        listed = Monitor.objects.filter(pk=monitor.pk, retired_at=None)
        if listed.update(retired_at=clock.now(), is_on=False, revision=revision):
            record(MonitorRetired(by=by.pk, monitor=monitor.pk))
    monitor.refresh_from_db()
    return monitor


def _need_manager(by: User) -> None:
    if not by.can_manage:
        raise NotAllowed("Leads and managers write monitors. Ask one of them.")


def _check(name: str, wanted: Wanted) -> None:
    if not name or len(name) > 80:
        raise Invalid("A monitor needs a name of at most 80 characters.")
    if wanted.kind not in MonitorKind.values:
        raise Invalid("Say whom or what the monitor listens for.")
    if wanted.alarm not in Alarm.values:
        raise Invalid("Say how easily the monitor raises a storm.")


def _next_revision() -> int:
    """The number of this change. The row stays locked until it is committed: no reader can see a
    later number before this one."""
    MonitorRevision.objects.get_or_create(pk=1)
    MonitorRevision.objects.filter(pk=1).update(number=F("number") + 1)
    return MonitorRevision.objects.get(pk=1).number


def _stored(monitor: Monitor | None, name: str, wanted: Wanted, revision: int) -> Monitor:
    saved = monitor or Monitor(number=1, query=wanted.query)
    if monitor is not None:
        saved = Monitor.objects.get(pk=monitor.pk)
        saved.number += saved.query != wanted.query
    saved.name, saved.kind, saved.query = name, wanted.kind, wanted.query
    saved.brand, saved.topic, saved.team = wanted.brand, wanted.topic, wanted.team
    saved.alarm, saved.at_once, saved.revision = wanted.alarm, wanted.at_once, revision
    saved.save()
    return saved
