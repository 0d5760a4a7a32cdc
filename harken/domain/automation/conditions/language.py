"""Asks in which language it is held."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import get_language_info

from harken.domain.automation.parts import Choices, Chosen
from harken.domain.automation.subject import Subject


class LanguageIs(Chosen):
    """Asks in which language it is held."""

    key = "language"
    label = "language"

    @staticmethod
    def choices() -> Choices:
        """Pairs of value and label."""
        return [
            ("none", "not known yet"),
            *((code, _name(code)) for code in settings.TRIAGE_LANGUAGES),
        ]

    def of(self, subject: Subject) -> str:
        """The conversation's own."""
        return subject.conversation.language or "none"


def _name(code: str) -> str:
    try:
        return str(get_language_info(code)["name"])
    except KeyError:
        return code
