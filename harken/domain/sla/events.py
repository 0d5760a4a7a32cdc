"""What can happen to promises and business hours. Ids only."""

from __future__ import annotations

from dataclasses import dataclass

from harken.domain.journal.services import Happened


@dataclass(frozen=True, slots=True, kw_only=True)
class SLADueSoon(Happened):
    """A promise to a customer runs out soon. Written by the alarm itself, a set at a time."""

    applied: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SLABreached(Happened):
    """The time of a promise ran out. Written once for each, by the alarm or by a late answer."""

    applied: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SLAKeptAfterAll(Happened):
    """The alarm had rung, but the answer stood at the network in time and was only heard late."""

    applied: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SLAPolicyAdded(Happened):
    """A person added a promise."""

    policy: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SLAPolicyChanged(Happened):
    """A person changed a promise; clocks that run keep what was promised when they started."""

    policy: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SLAPolicyMoved(Happened):
    """A person changed the order in which promises are tried."""

    policy: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SLAPolicyRetired(Happened):
    """A person took a promise out of the list."""

    policy: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BusinessHoursChanged(Happened):
    """A person made a version of business hours, the first one or a new one."""

    hours: int
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BusinessHoursRetired(Happened):
    """A person took business hours out of the list."""

    hours: int
