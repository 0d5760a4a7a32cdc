"""Takes a tag off."""

from __future__ import annotations

from harken.domain.automation.parts import Action, Because, Field, text_of
from harken.domain.automation.subject import Subject
from harken.domain.conversations.services.tags import remove_tag, tag_name


class RemoveTag(Action):
    """Takes a tag off."""

    key = "remove_tag"
    label = "take a tag off"

    @classmethod
    def fields(cls) -> tuple[Field, ...]:
        """The tag's name."""
        return (Field("tag", "tag", "text"),)

    def check(self) -> None:
        """Raises `Invalid` for what cannot be a tag."""
        self.tag = tag_name(text_of(self.values, "tag", "Take a tag off"))

    def sentence(self) -> str:
        """What it does."""
        return f"take #{self.tag} off"

    def would(self, subject: Subject) -> str:
        """The tag, if it is there."""
        return f"tag: − #{self.tag}" if self.tag in subject.tags else ""

    def do(self, subject: Subject, because: Because) -> None:
        """Take it off."""
        remove_tag(subject.conversation, self.tag, by=None, rule=because.rule)
