"""Sets what it is about."""

from __future__ import annotations

from harken.domain.automation.courtesy import LeftAlone
from harken.domain.automation.parts import Action, Because, Choices, Field, chosen_from
from harken.domain.automation.subject import Subject
from harken.domain.conversations.models import Topic
from harken.domain.conversations.services.topics import a_person_said, set_topic


class SetTopic(Action):
    """Sets what it is about, and so whose it is; a colleague's choice stays."""

    key = "set_topic"
    label = "set the topic"

    @staticmethod
    def choices() -> Choices:
        """Pairs of value and label."""
        return [(str(each.pk), each.name) for each in Topic.objects.filter(retired_at=None)]

    @classmethod
    def fields(cls) -> tuple[Field, ...]:
        """The topic."""
        return (Field("to", "to", choices=cls.choices),)

    def check(self) -> None:
        """Raises `Invalid` when the topic is gone or out of use."""
        chosen_from(self.choices(), self.values.get("to", ""), "Set the topic")
        self.topic = Topic.objects.get(pk=int(self.values["to"]))

    def sentence(self) -> str:
        """What it does."""
        return f"set the topic to {self.topic}"

    def would(self, subject: Subject) -> str:
        """The topic before and after. Raises `LeftAlone` when a colleague chose it."""
        before = subject.conversation.topic
        if before == self.topic:
            return ""
        if a_person_said(subject.conversation):
            raise LeftAlone("A colleague chose its topic or team.")
        return f"topic: {before or 'none'} → {self.topic}"

    def do(self, subject: Subject, because: Because) -> None:  # noqa: ARG002
        """Set it."""
        set_topic(subject.conversation, self.topic, by=None)
