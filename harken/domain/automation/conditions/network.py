"""Asks at which network it was written."""

from __future__ import annotations

from harken.domain.automation.parts import Choices, Chosen
from harken.domain.automation.subject import Subject
from harken.domain.channels.registry import connector_classes


class NetworkIs(Chosen):
    """Asks at which network it was written."""

    key = "network"
    label = "network"

    @staticmethod
    def choices() -> Choices:
        """Pairs of value and label."""
        return sorted((key, str(made.label)) for key, made in connector_classes().items())

    def of(self, subject: Subject) -> str:
        """The conversation's own."""
        return subject.conversation.channel.network
