"""Puts a tag on it."""

from __future__ import annotations

from harken.domain.automation.parts import Action, Because, Field, text_of
from harken.domain.automation.subject import Subject
from harken.domain.conversations.services.tags import add_tag, tag_name


class AddTag(Action):
    """Puts a tag on it, and makes the tag if it is new."""

    key = "add_tag"
    label = "put a tag on it"

    @classmethod
    def fields(cls) -> tuple[Field, ...]:
        """The tag's name."""
        return (Field("tag", "tag", "text"),)

    def check(self) -> None:
        """Raises `Invalid` for what cannot be a tag."""
        self.tag = tag_name(text_of(self.values, "tag", "Put a tag on it"))

    def sentence(self) -> str:
        """What it does."""
        return f"put #{self.tag} on it"

    def would(self, subject: Subject) -> str:
        """The tag, unless it is there."""
        return "" if self.tag in subject.tags else f"tag: + #{self.tag}"

    def do(self, subject: Subject, because: Because) -> None:
        """Put it on."""
        add_tag(subject.conversation, self.tag, by=None, rule=because.rule)
