"""Asks at which of our accounts it came in."""

from __future__ import annotations

from harken.domain.automation.parts import Choices, Chosen
from harken.domain.automation.subject import Subject
from harken.domain.channels.models import Channel


class ChannelIs(Chosen):
    """Asks at which of our accounts it came in."""

    key = "channel"
    label = "channel"

    @staticmethod
    def choices() -> Choices:
        """Pairs of value and label."""
        return [(str(each.pk), str(each)) for each in Channel.objects.all()]

    def of(self, subject: Subject) -> str:
        """The conversation's own."""
        return str(subject.conversation.channel_id)
