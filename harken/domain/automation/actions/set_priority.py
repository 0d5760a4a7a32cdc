"""Says how much it matters."""

from __future__ import annotations

from harken.domain.automation.parts import Action, Because, Field, chosen_from
from harken.domain.automation.subject import Subject
from harken.domain.conversations.models import Priority
from harken.domain.conversations.services.priority import set_priority


class SetPriority(Action):
    """Says how much it matters; another promise may apply then."""

    key = "set_priority"
    label = "set the priority"

    @classmethod
    def fields(cls) -> tuple[Field, ...]:
        """The priority."""
        return (Field("to", "to", choices=lambda: Priority.choices),)

    def check(self) -> None:
        """Raises `Invalid` for what is no priority."""
        self.priority = self.values.get("to", "")
        self.name = chosen_from(Priority.choices, self.priority, "Set the priority")

    def sentence(self) -> str:
        """What it does."""
        return f"set the priority to {self.name.lower()}"

    def would(self, subject: Subject) -> str:
        """The priority before and after."""
        before = Priority(subject.conversation.priority)
        return "" if before == self.priority else f"priority: {before.label} → {self.name}"

    def do(self, subject: Subject, because: Because) -> None:
        """Set it."""
        set_priority(subject.conversation, self.priority, by=None, rule=because.rule)
