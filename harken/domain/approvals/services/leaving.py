"""What an approval decides about: an answer to the public, or a text of a private talk.

Both wait, are reworded, weighed by the checks, let go and taken back, each by its own room. Here
they look alike; whoever decides does not ask which it is.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

from harken.domain.approvals.models import Approval
from harken.domain.conversations.models import Conversation
from harken.domain.conversations.services.private import private_text
from harken.domain.handover.models import PrivateText
from harken.domain.handover.services import say, wait
from harken.domain.people.models import User
from harken.domain.replies.models import Reply
from harken.domain.replies.services.checked import note_left, note_sent, stop_at, weigh
from harken.domain.replies.services.release import release
from harken.domain.replies.services.reword import reword
from harken.domain.replies.services.send import rehearse
from harken.domain.replies.services.undo import take_back


class Leaving(Protocol):
    """What waits, its row held until the transaction ends. `noun` is how its writer calls it."""

    noun: str

    @property
    def of(self) -> Reply | PrivateText:
        """The row."""
        ...

    def as_it_leaves(self, body: str, *, by: User) -> str:
        """The text as it would stand there. Raises what sending such a text would raise."""
        ...

    def weigh(self, text: str, confirmed: Collection[str] | None) -> None:
        """Keep what the checks find in it. Raises `Stopped` where that stops it."""
        ...

    def reword(self, text: str, *, author: User) -> None:
        """Give it these words and this author. Raises `NotWaiting`."""
        ...

    def let_go(self, *, by: User) -> Reply | PrivateText:
        """Let it go into its countdown, and return it. Raises `NotWaiting`, `NoTalk`."""
        ...

    def take_back(self, *, by: User) -> None:
        """It is its author's again, returned by `by`."""
        ...


@dataclass(slots=True)
class Answer:
    """An answer that the public will read."""

    of: Reply
    noun: str = "answer"

    def as_it_leaves(self, body: str, *, by: User) -> str:
        """As the network takes it."""
        return rehearse(self.of.conversation, body=body, by=by).body

    def weigh(self, text: str, confirmed: Collection[str] | None) -> None:
        """By the checks of what is public."""
        found = weigh(self.of.conversation, text, by=self.of.author, confirmed=confirmed)
        note_sent(self.of, found)

    def reword(self, text: str, *, author: User) -> None:
        """In the outbox."""
        reword(self.of, text, author=author)

    def let_go(self, *, by: User) -> Reply:
        """To its network."""
        return release(self.of, by=by)

    def take_back(self, *, by: User) -> None:
        """As a draft."""
        take_back(self.of, why=f"Returned by {by}.")


@dataclass(slots=True)
class Private:
    """A text that its customer alone will read."""

    of: PrivateText
    noun: str = "private text"

    def as_it_leaves(self, body: str, *, by: User) -> str:  # noqa: ARG002 - as the port has it
        """As the customer's page shows it."""
        return private_text(body)

    def weigh(self, text: str, confirmed: Collection[str] | None) -> None:
        """By the checks that make sense in private."""
        conversation, author = self.of.conversation, self.of.author
        found = say.looked_over(conversation, text, by=author)
        stop_at(found, confirmed)
        note_left(conversation, found, client_key=self.of.client_key, by=author)

    def reword(self, text: str, *, author: User) -> None:
        """In its row."""
        wait.reword(self.of, text, author=author)

    def let_go(self, *, by: User) -> PrivateText:
        """To the customer's page."""
        return wait.release(self.of, by=by)

    def take_back(self, *, by: User) -> None:  # noqa: ARG002 - the approval says who and why
        """Into the private composer of its author."""
        say.stay(self.of)


def locked(approval: Approval, conversation: Conversation) -> Leaving:
    """What the approval is of, its row held. The caller holds the conversation's."""
    if isinstance(approval.of, PrivateText):
        text = wait.locked(approval.of)
        text.hand_over.conversation = conversation
        return Private(text)
    rows = Reply.objects.select_for_update(of=("self",), no_key=True)
    reply = rows.select_related("channel", "author").get(pk=approval.of.pk)
    reply.conversation = conversation
    return Answer(reply)
