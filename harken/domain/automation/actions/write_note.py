"""Leaves a note for colleagues."""

from __future__ import annotations

from harken.domain.automation.parts import Action, Because, Field, text_of
from harken.domain.automation.subject import Subject
from harken.domain.conversations.services.notes import write_note


class WriteNote(Action):
    """Leaves a note that colleagues read beside the conversation; it never leaves the house."""

    key = "write_note"
    label = "leave a note"

    @classmethod
    def fields(cls) -> tuple[Field, ...]:
        """The note."""
        return (Field("text", "note", "lines", hint="Only colleagues read it."),)

    def check(self) -> None:
        """Raises `Invalid` for an empty note or a very long one."""
        self.text = text_of(self.values, "text", "Leave a note")

    def sentence(self) -> str:
        """What it does."""
        short = self.text if len(self.text) <= 60 else f"{self.text[:59]}…"
        return f"leave the note “{short}”"

    def would(self, subject: Subject) -> str:  # noqa: ARG002
        """The note is new each time."""
        return "a note"

    def do(self, subject: Subject, because: Because) -> None:
        """Write it, in the name of the rule."""
        conversation, turn = subject.conversation, subject.conversation.turn_id or 0
        body = f"{self.text}\n— rule “{because.name}”"
        key = because.key(conversation.pk, turn)
        write_note(conversation, body=body, client_key=key, by=None)
