"""Asks for a tag."""

from __future__ import annotations

from harken.domain.automation.parts import Condition, Field, text_of
from harken.domain.automation.subject import Subject
from harken.domain.conversations.services.tags import tag_name


class HasTag(Condition):
    """Asks for a tag, also one that nobody has used yet."""

    key = "tag"
    label = "tag"

    @classmethod
    def fields(cls) -> tuple[Field, ...]:
        """The tag's name."""
        return (Field("tag", "tag", "text"),)

    def check(self) -> None:
        """Raises `Invalid` for what cannot be a tag."""
        self.tag = tag_name(text_of(self.values, "tag", "Tag"))

    def shown(self) -> str:
        """The tag."""
        return f"#{self.tag}"

    def holds(self, subject: Subject) -> bool:
        """Whether the conversation has it."""
        return self.tag in subject.tags
