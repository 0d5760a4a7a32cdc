"""What can happen to an approval. Ids only: the journal holds no text."""

from __future__ import annotations

from dataclasses import dataclass

from harken.domain.journal.services import Happened


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalAsked(Happened):
    """The writing, or the clock, asked `people` (ids) for their word on what was written."""

    approval: int
    people: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WordingChanged(Happened):
    """An approver changed the words of what waits for approval."""

    approval: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyApproved(Happened):
    """Somebody else than its writer agreed to an answer; it goes on its way."""

    approval: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyReturned(Happened):
    """An approver gave an answer back to its writer, with a note."""

    approval: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivateTextApproved(Happened):
    """Somebody else than its writer agreed to a private text; its countdown begins."""

    approval: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivateTextReturned(Happened):
    """An approver gave a private text back to its writer, with a note."""

    approval: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalRuleChanged(Happened):
    """A lead wrote, changed, moved or retired a rule of approval."""

    rule: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TraineeChanged(Happened):
    """A lead said that somebody learns, or does so no more."""

    person: int
    learns: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CrisisSwitched(Happened):
    """The rules for a crisis hold from now on, or no more."""

    is_on: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceChanged(Happened):
    """A manager gave an executive a voice, or took it away."""

    voice: int
