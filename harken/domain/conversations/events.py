"""What can happen to a conversation. Ids only: the journal holds no text, so erasure stays easy."""

from __future__ import annotations

from dataclasses import dataclass

from harken.domain.journal.services import Happened


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageReceived(Happened):
    """A customer wrote. Written by the intake statement itself, a set at a time."""

    message: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageEdited(Happened):
    """The author changed a message at the network."""

    message: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageDeleted(Happened):
    """The author took a message back at the network."""

    message: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationAssigned(Happened):
    """Somebody got, took or gave back a conversation (`assignee` None: nobody has it)."""

    assignee: int | None
    before: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamChanged(Happened):
    """A conversation moved to another team; both teams are told."""

    team: int | None
    before: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicChanged(Happened):
    """A conversation got another topic."""

    topic: int | None
    before: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageChanged(Happened):
    """A person, or software (`by` is nobody), said which language a conversation is in."""

    language: str
    before: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationClosed(Happened):
    """A person closed a conversation; `reason` is set when it was not answered.

    `up_to` is the newest message there was: later ones are not settled by this.
    """

    reason: str
    up_to: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationReopened(Happened):
    """A person opened a closed conversation again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteWritten(Happened):
    """A colleague wrote a note."""

    note: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweredOutside(Happened):
    """Our account answered at the network itself. Written by the adopting statement."""

    message: int
