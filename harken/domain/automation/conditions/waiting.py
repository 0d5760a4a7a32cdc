"""Asks how long the customer has been waiting."""

from __future__ import annotations

from harken.domain.automation.parts import AtLeast, Field
from harken.domain.automation.subject import Subject
from harken.domain.sla.written import read_duration, write_duration
from harken.kit.refusals import Invalid


class Waiting(AtLeast):
    """Asks how long the customer has been waiting for an answer."""

    key = "waiting"
    label = "the customer has waited"
    words = ("at least", "less than")

    @classmethod
    def fields(cls) -> tuple[Field, ...]:
        """The time."""
        return (Field("number", "time", "time"),)

    def check(self) -> None:
        """Raises `Invalid` for what is not a time."""
        seconds = read_duration(self.values.get("number", ""), "Waiting")
        if seconds is None:
            raise Invalid("Waiting: write a time such as 60 s, 5 min or 4 h.")
        self.number = seconds

    def shown(self) -> str:
        """The time."""
        return write_duration(self.number)

    def amount(self, subject: Subject) -> float | None:
        """Seconds since the oldest message nobody answered; None when nobody waits."""
        return subject.waits
