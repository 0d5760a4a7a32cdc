"""What can happen to a reply. Ids only: the journal holds no text, so erasure stays easy."""

from __future__ import annotations

from dataclasses import dataclass

from harken.domain.journal.services import Happened


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftStarted(Happened):
    """A person began to write; later saves of the same draft are not told again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftDropped(Happened):
    """A person threw a draft away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyQueued(Happened):
    """A person sent an answer; it is held for undo or leaves at once."""

    reply: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyHeldBack(Happened):
    """A person wrote an answer that leaves only when somebody else agrees."""

    reply: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyScheduled(Happened):
    """An answer is to leave at a moment a person chose."""

    reply: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyUndone(Happened):
    """An answer was taken back before it left (`by` None: its post was deleted)."""

    reply: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyDelayed(Happened):
    """An answer certainly did not go out yet and is tried again; `Reply.error` says why."""

    reply: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyDoubted(Happened):
    """Nobody knows yet whether an answer went out; it is looked for."""

    reply: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyDelivered(Happened):
    """An answer stands at the network (`by` set: a person said so)."""

    reply: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyRefused(Happened):
    """The network refused an answer for good; the turn is open again."""

    reply: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyNeedsHuman(Happened):
    """No machine can tell whether an answer went out; a person has to look."""

    reply: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyRequeued(Happened):
    """An answer was certainly not at the network and leaves (again)."""

    reply: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionAsked(Happened):
    """A person asked for a like or for the deletion of our own post."""

    action: int
    message: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionDone(Happened):
    """The network did what was asked."""

    action: int
    message: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionRefused(Happened):
    """The network refused what was asked for good; `NetworkAction.error` says why."""

    action: int
    message: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckSet(Happened):
    """A lead said how much a check weighs for a brand (`severity` empty: as usual again)."""

    brand: int
    check: str
    severity: str
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BrandWordsChanged(Happened):
    """A lead changed one of a brand's lists of words."""

    brand: int
    word_list: str
