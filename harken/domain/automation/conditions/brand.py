"""Asks to which of our brands it was written."""

from __future__ import annotations

from harken.domain.automation.parts import Choices, Chosen
from harken.domain.automation.subject import Subject
from harken.domain.people.models import Brand


class BrandIs(Chosen):
    """Asks to which of our brands it was written."""

    key = "brand"
    label = "brand"

    @staticmethod
    def choices() -> Choices:
        """Pairs of value and label."""
        return [(str(each.pk), each.name) for each in Brand.objects.order_by("name")]

    def of(self, subject: Subject) -> str:
        """The conversation's own."""
        return str(subject.conversation.channel.brand_id)
