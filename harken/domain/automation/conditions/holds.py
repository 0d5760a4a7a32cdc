"""Asks for a picture, a link or a question in the message."""

from __future__ import annotations

import re

from harken.domain.automation.parts import Choices, Chosen
from harken.domain.automation.subject import Subject

_LINK = re.compile(r"https?://|\bwww\.", re.IGNORECASE)
_QUESTION = re.compile("[?？؟;՞]")  # the Greek one looks like a semicolon


class HasInIt(Chosen):
    """Asks for a picture, a link or a question in the message."""

    key = "holds"
    label = "the message"
    words = ("has", "does not have")

    @staticmethod
    def choices() -> Choices:
        """Pairs of value and label."""
        return [("image", "a picture"), ("link", "a link"), ("question", "a question mark")]

    def of(self, subject: Subject) -> str:
        """The chosen thing when it is there."""
        message, text = subject.message, subject.text
        there = {
            "image": lambda: bool(message and message.images),
            "link": lambda: bool(_LINK.search(text)),
            "question": lambda: bool(_QUESTION.search(text)),
        }
        return self.chosen if there[self.chosen]() else ""
