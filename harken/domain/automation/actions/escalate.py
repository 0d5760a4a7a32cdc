"""Calls for somebody who may decide more."""

from __future__ import annotations

from harken.domain.automation.parts import Action, Because, Choices, Field, chosen_from, text_of
from harken.domain.automation.subject import Subject
from harken.domain.escalation.models import Escalation, Kind
from harken.domain.escalation.services import escalate

_KINDS: Choices = Kind.choices
LONGEST = 500  # characters of the reason


class Escalate(Action):
    """Calls for somebody who may decide more, once while such a call is open."""

    key = "escalate"
    label = "escalate it"

    @classmethod
    def fields(cls) -> tuple[Field, ...]:
        """Why somebody is needed, and what they read first."""
        return (
            Field("as", "as", choices=lambda: _KINDS),
            Field("reason", "reason", "text", hint="What the lead reads first."),
        )

    def check(self) -> None:
        """Raises `Invalid` without a kind or a reason."""
        self.what = self.values.get("as", "")
        self.name = chosen_from(_KINDS, self.what, "Escalate it")
        self.reason = text_of(self.values, "reason", "Escalate it", LONGEST)

    def sentence(self) -> str:
        """What it does."""
        return f"escalate it as {self.name.lower()}: “{self.reason[:60]}”"

    def would(self, subject: Subject) -> str:
        """The call, unless such a call is open."""
        mine = Escalation.objects.filter(conversation=subject.conversation, kind=self.what)
        is_open = mine.filter(ended_at=None).exists()
        return "" if is_open else f"escalated: {self.name.lower()}"

    def do(self, subject: Subject, because: Because) -> None:
        """Call."""
        reason, rule = self.reason, because.name
        escalate(subject.conversation, kind=self.what, reason=reason, rule=rule)
