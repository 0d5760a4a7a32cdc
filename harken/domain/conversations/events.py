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
    `left`, they left the team; `shift` or `absence`, their shift ended or they are not there any
    more.
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
class TagAdded(Happened):
    """A tag was put on a conversation, by a person or by a rule (`rule`, its id)."""

    tag: int
    rule: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TagRemoved(Happened):
    """A tag was taken off a conversation, by a person or by a rule (`rule`, its id)."""

    tag: int
    rule: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PriorityChanged(Happened):
    """A conversation matters more or less now; a person or a rule (`rule`, its id) said so."""

    priority: str
    before: str
    rule: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkShown(Happened):
    """The mark of an open conversation's contact changed; recorded for each such conversation."""

    contact: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedViewAdded(Happened):
    """A person saved a list to come back to."""

    view: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedViewChanged(Happened):
    """A saved view asks for something else, has another name, place or readers."""

    view: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedViewRemoved(Happened):
    """A saved view is gone; what was in it is untouched."""

    view: int


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


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweredInPrivate(Happened):
    """A colleague wrote to the customer in private; it answers their turn."""

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
class ConversationSnoozed(Happened):
    """Somebody set a conversation aside until a moment (ISO 8601, UTC)."""

    snooze: int
    until: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SnoozeEnded(Happened):
    """A conversation is back in the lists; `why` is one of `Waker`, `snoozer` set it aside."""

    snooze: int
    snoozer: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationMerged(Happened):
    """This conversation was put behind another one (`into`); they are one case."""

    into: int
    merge: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationUnmerged(Happened):
    """This conversation stands alone again; `of` led the case."""

    of: int
    merge: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseGrown(Happened):
    """Another conversation (`merged`) was put behind this one."""

    merged: int
    merge: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseShrunk(Happened):
    """A conversation (`merged`) that was behind this one stands alone again."""

    merged: int
    merge: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationsExported(Happened):
    """A person took `count` rows of a view, or of a search, out of the house as a file."""

    only_for: int
    count: int
    what: str
