"""Asks for words in the message: plain ones, phrases, or a pattern."""

from __future__ import annotations

import re2

from harken.domain.automation.parts import Choices, Condition, Field, chosen_from, text_of
from harken.domain.automation.subject import MOST_READ, Subject, spaced
from harken.kit.refusals import Invalid

MOST = 100  # lines
MEMORY = 1 << 20  # bytes a pattern may take
_HOW: Choices = (
    ("any", "any of these words or phrases"),
    ("all", "all of these words and phrases"),
    ("pattern", "this pattern (RE2)"),
)


class Words(Condition):
    """Asks for words in the message.

    Case does not matter, a word is whole unless it ends with `*`. A pattern is RE2's, which
    takes time in proportion to the text whatever somebody writes.
    """

    key = "words"
    label = "the message"
    words = ("has", "does not have")

    @classmethod
    def fields(cls) -> tuple[Field, ...]:
        """How, and the words."""
        hint = "One word or phrase a line; deliver* also finds delivery."
        return (
            Field("how", "how", choices=lambda: _HOW, default="any"),
            Field("text", "words", "lines", hint=hint),
        )

    def check(self) -> None:
        """Raises `Invalid` without words, for too many, and for a pattern that cannot be read."""
        self.how = self.values.get("how", "any")
        chosen_from(_HOW, self.how, "Words")
        text = text_of(self.values, "text", "Words")
        self.lines = [line.strip() for line in text.splitlines() if line.strip()]
        if self.how == "pattern":
            self.pattern = _compiled(self.lines)
        elif len(self.lines) > MOST:
            raise Invalid(f"Words: at most {MOST} lines.")
        else:
            self.phrases = [_phrase(line) for line in self.lines]

    def shown(self) -> str:
        """The first of them, and how many more."""
        if self.how == "pattern":
            return f"the pattern {self.lines[0][:60]}"
        some = ", ".join(f"“{line[:40]}”" for line in self.lines[:3])
        more = f" or {len(self.lines) - 3} more" if len(self.lines) > 3 else ""
        return f"{self.how} of {some}{more}" if len(self.lines) > 1 else some

    def holds(self, subject: Subject) -> bool:
        """Whether they are in the message."""
        if self.how == "pattern":
            return self.pattern.search(subject.text[:MOST_READ]) is not None
        found = (phrase in subject.words for phrase in self.phrases)
        return all(found) if self.how == "all" else any(found)


def _phrase(line: str) -> str:
    phrase = spaced(line)
    if not phrase.strip():
        raise Invalid(f"Words: “{line[:40]}” has no letter or figure in it.")
    return phrase.rstrip() if line.endswith("*") else phrase


def _compiled(lines: list[str]) -> re2._Regexp[str]:
    if len(lines) != 1:
        raise Invalid("Words: a pattern is one line.")
    options = re2.Options()
    options.case_sensitive = False
    options.max_mem = MEMORY
    options.log_errors = False
    try:
        return re2.compile(lines[0], options)
    except re2.error as error:
        said = str(error.args[0] if error.args else "")[:120]
        raise Invalid(f"Words: the pattern cannot be read ({said}).") from None
