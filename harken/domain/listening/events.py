"""What can happen to monitors. Ids only."""

from __future__ import annotations

from dataclasses import dataclass

from harken.domain.journal.services import Happened


@dataclass(frozen=True, slots=True, kw_only=True)
class MonitorSaved(Happened):
    """A person made a monitor, or a new version of one."""

    monitor: int
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MonitorSwitched(Happened):
    """A person switched a monitor on or off."""

    monitor: int
    on: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MonitorRetired(Happened):
    """A person took a monitor out of the list; what it heard stays."""

    monitor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StormRaised(Happened):
    """Much more is said than a monitor usually hears."""

    monitor: int
    storm: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StormGrew(Happened):
    """A storm has become twice as strong as when it was last told."""

    monitor: int
    storm: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StormEnded(Happened):
    """Two calm hours have passed, or its monitor listens no more."""

    monitor: int
    storm: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MentionHeard(Happened):
    """A post was heard that does not call us; or one more that says what this mention says."""

    mention: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MentionAsked(Happened):
    """Somebody, or the rule of a monitor, asked for a mention in the inbox."""

    mention: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MentionTaken(Happened):
    """A mention became one of a conversation."""

    mention: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MentionMissed(Happened):
    """A mention could not be brought into the inbox, or its author took it back."""

    mention: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MentionSettled(Happened):
    """A person learnt from a mention, dismissed it, or brought it back to the list."""

    mention: int
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorsNamed(Happened):
    """A network told who the authors of some mentions are."""

    network: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceSaved(Happened):
    """A person added a source, or changed one."""

    source: int
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceSwitched(Happened):
    """A person paused a source, or let it be read again."""

    source: int
    on: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRetired(Happened):
    """A person took a source out of the list; what was heard of it stays."""

    source: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRestored(Happened):
    """A person took a source back into the list."""

    source: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceStopped(Happened):
    """A source's network refused for good; a person must change something."""

    source: int
    error: str
