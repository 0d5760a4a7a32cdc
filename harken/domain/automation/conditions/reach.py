"""Asks how many people follow the author."""

from __future__ import annotations

from harken.domain.automation.parts import AtLeast
from harken.domain.automation.subject import Subject


class Reach(AtLeast):
    """Asks how many people follow the author; a network that does not say counts as not."""

    key = "reach"
    label = "followers of the author"

    def amount(self, subject: Subject) -> float | None:
        """The followers the network last told us of."""
        return subject.conversation.handle.followers
