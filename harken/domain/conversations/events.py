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
    """Somebody got, took or gave back a conversation (`assignee` None: nobody has it).

    `cause` is set when nobody chose this very conversation: `away`, who had it was not there;
    `left`, they left the team; `shift` or `absence`, their shift ended or they are away.
    """

    assignee: int | None
    before: int | None
    cause: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamChanged(Happened):
    """A conversation moved to another team; both teams are told.

    `owner` is who answers for it there by name: the assignee who stays, or the topic's owner.
    """

    team: int | None
    before: int | None
    owner: int | None = None


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
    """A person closed a conversation; `reason` is set when it was not answered."""

    reason: str


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


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicAdded(Happened):
    """A person added a topic."""

    topic: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicEdited(Happened):
    """A person changed a topic's name, team or place in the tree."""

    topic: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicOwnerChanged(Happened):
    """A topic got another owner or deputy; by nobody, when one of them left the team."""

    topic: int
    owner: int | None
    deputy: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicRetired(Happened):
    """A person took a topic out of use, or (`back`) into use again."""

    topic: int
    back: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationsExported(Happened):
    """A person took `count` rows of a view, or of a search, out of the house as a file."""

    only_for: int
    count: int
    what: str
