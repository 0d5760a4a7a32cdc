"""Marks the contact."""

from __future__ import annotations

from harken.domain.automation.courtesy import LeftAlone
from harken.domain.automation.parts import Action, Because, Choices, Field, chosen_from
from harken.domain.automation.subject import Subject
from harken.domain.contacts.models import Mark
from harken.domain.contacts.services import set_mark

_MARKS: Choices = [(value, label) for value, label in Mark.choices if value]


class MarkContact(Action):
    """Marks the contact, unless somebody marked them already."""

    key = "mark_contact"
    label = "mark the contact"

    @classmethod
    def fields(cls) -> tuple[Field, ...]:
        """The mark."""
        return (Field("as", "as", choices=lambda: _MARKS),)

    def check(self) -> None:
        """Raises `Invalid` for what is no mark."""
        self.mark = self.values.get("as", "")
        self.name = chosen_from(_MARKS, self.mark, "Mark the contact")

    def sentence(self) -> str:
        """What it does."""
        return f"mark the contact as {self.name}"

    def would(self, subject: Subject) -> str:
        """The mark. Raises `LeftAlone` when the contact has another one."""
        before = subject.conversation.contact.mark
        if before == self.mark:
            return ""
        if before:
            raise LeftAlone(f"The contact is marked as {Mark(before).label} already.")
        return f"contact: marked as {self.name}"

    def do(self, subject: Subject, because: Because) -> None:  # noqa: ARG002
        """Mark them."""
        set_mark(subject.conversation.contact, self.mark, by=None)
