"""Asks whether it is business time just now."""

from __future__ import annotations

from datetime import timedelta

from harken.domain.automation.parts import Choices, Chosen
from harken.domain.automation.subject import Subject
from harken.domain.sla.calendars import hours_of
from harken.domain.sla.clock import elapsed
from harken.domain.sla.models import BusinessHours, HoursVersion
from harken.domain.sla.queries import hours_in_use

MOMENT = timedelta(seconds=1)


class BusinessTime(Chosen):
    """Asks whether it is business time just now, by the version of the hours in force."""

    key = "hours"
    label = "it is"
    words = ("within", "outside")

    @staticmethod
    def choices() -> Choices:
        """Pairs of value and label."""
        return [(str(each.pk), each.name) for each in hours_in_use()]

    def check(self) -> None:
        """Raises `Invalid` when these hours are gone."""
        super().check()
        newest = HoursVersion.objects.filter(hours=BusinessHours(pk=int(self.chosen)))
        self.hours = hours_of(newest.order_by("-number").values_list("pk", flat=True)[0])

    def of(self, subject: Subject) -> str:
        """The chosen hours when this moment lies in them."""
        is_open = elapsed(subject.at, subject.at + MOMENT, self.hours) > 0
        return self.chosen if is_open else ""
