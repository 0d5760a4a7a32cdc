"""Closes it."""

from __future__ import annotations

from harken.domain.automation.courtesy import LeftAlone, leave_to_the_writer
from harken.domain.automation.parts import Action, Because, Choices, Field, chosen_from
from harken.domain.automation.subject import Subject
from harken.domain.conversations.models import CloseReason, State
from harken.domain.conversations.services.close import close

_REASONS: Choices = (("", "only if nobody waits"), *CloseReason.choices)


class Close(Action):
    """Closes it; where a customer waits only with a reason, which is counted like a person's."""

    key = "close"
    label = "close it"

    @classmethod
    def fields(cls) -> tuple[Field, ...]:
        """The reason."""
        return (Field("reason", "reason", choices=lambda: _REASONS),)

    def check(self) -> None:
        """Raises `Invalid` for what is no reason."""
        self.reason = self.values.get("reason", "")
        self.name = chosen_from(_REASONS, self.reason, "Close it")

    def sentence(self) -> str:
        """What it does."""
        return f"close it: {self.name.lower()}" if self.reason else "close it if nobody waits"

    def would(self, subject: Subject) -> str:
        """That it is closed. Raises `LeftAlone` when a customer waits and there is no reason."""
        if subject.conversation.state == State.CLOSED:
            return ""
        if subject.waits is not None and not self.reason:
            raise LeftAlone("The customer waits for an answer.")
        leave_to_the_writer(subject)
        return f"closed: {self.name.lower()}" if self.reason else "closed"

    def do(self, subject: Subject, because: Because) -> None:  # noqa: ARG002
        """Close it."""
        close(subject.conversation, reason=self.reason, by=None)
