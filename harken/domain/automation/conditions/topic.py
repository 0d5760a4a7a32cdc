"""Asks what it is about; a topic stands for those below it too."""

from __future__ import annotations

from harken.domain.automation.parts import Choices, Chosen
from harken.domain.automation.subject import Subject
from harken.domain.conversations.models import Topic


class TopicIs(Chosen):
    """Asks what it is about; a topic stands for those below it too."""

    key = "topic"
    label = "topic"

    @staticmethod
    def choices() -> Choices:
        """Pairs of value and label."""
        return [("none", "none yet"), *((str(each.pk), each.name) for each in Topic.objects.all())]

    def check(self) -> None:
        """Raises `Invalid` when the topic is gone."""
        super().check()
        self.under = _under(int(self.chosen)) if self.chosen != "none" else {None}

    def shown(self) -> str:
        """The chosen topic, and that it stands for more where it does."""
        return f"{self.name} or below" if len(self.under) > 1 else self.name

    def of(self, subject: Subject) -> str:
        """The chosen one when the conversation's is it or stands below it."""
        return self.chosen if subject.conversation.topic_id in self.under else ""


def _under(topic: int) -> set[int | None]:
    children: dict[int | None, list[int]] = {}
    for pk, parent in Topic.objects.values_list("pk", "parent_id"):
        children.setdefault(parent, []).append(pk)
    found: set[int | None] = set()
    todo: list[int] = [topic]
    while todo:
        each = todo.pop()
        if each not in found:
            found.add(each)
            todo += children.get(each, [])
    return found
