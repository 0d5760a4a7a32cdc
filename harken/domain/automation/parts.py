"""What conditions and actions are made of. Each lives in a file of its own and registers by it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal
from uuid import UUID, uuid5

from harken.domain.automation.subject import Subject
from harken.kit.refusals import Invalid

Choices = Sequence[tuple[str, str]]
_NOTES = UUID("6e1f2f0e-4a39-4b59-9d6c-0f3e3a2b7c11")
LONGEST = 2000  # characters of a text field


@dataclass(frozen=True, slots=True)
class Field:
    """One thing to fill in. `choices` are pairs of value and label, read when the form is shown."""

    name: str
    label: str
    kind: Literal["choice", "text", "lines", "number", "time"] = "choice"
    choices: Callable[[], Choices] | None = None
    hint: str = ""
    default: str = ""


@dataclass(frozen=True, slots=True)
class Because:
    """On whose account an action acts: the rule, and the event it looks at (None: a moment)."""

    rule: int
    name: str
    event: int | None

    def key(self, conversation: int, turn: int) -> UUID:
        """The same for the same run, so that a note is written once."""
        return uuid5(_NOTES, f"{self.rule} {self.event} {conversation} {turn}")


class Condition(ABC):
    """Something a rule asks about a conversation; made from what was filled in.

    A subclass gives `key`, `label`, `fields`, the two `words` (as it is, and negated), and
    `check`, `shown` and `holds`.
    """

    key: ClassVar[str]
    label: ClassVar[str]
    words: ClassVar[tuple[str, str]] = ("is", "is not")
    needs_triage: ClassVar[bool] = False

    def __init__(self, values: Mapping[str, str], *, negated: bool = False) -> None:
        self.values = values
        self.negated = negated

    @classmethod
    @abstractmethod
    def fields(cls) -> tuple[Field, ...]:
        """What to fill in."""

    @abstractmethod
    def check(self) -> None:
        """Look up what was chosen. Raises `Invalid` when it cannot be used (any more)."""

    @abstractmethod
    def shown(self) -> str:
        """What was filled in, for people; after `check`."""

    @abstractmethod
    def holds(self, subject: Subject) -> bool:
        """Whether it is so, before `negated`; after `check`."""

    def says(self, subject: Subject) -> bool:
        """What it says of this conversation."""
        return self.holds(subject) != self.negated

    def sentence(self) -> str:
        """`topic is Delivery or below`; after `check`."""
        return " ".join(filter(None, (self.label, self.words[self.negated], self.shown())))


class Chosen(Condition):
    """A condition with one list to choose from, compared with one thing of the conversation."""

    key = ""
    label = ""

    @staticmethod
    @abstractmethod
    def choices() -> Choices:
        """Pairs of value and label."""

    @classmethod
    def fields(cls) -> tuple[Field, ...]:
        """The list."""
        return (Field("is", cls.label, choices=cls.choices),)

    def check(self) -> None:
        """Raises `Invalid` when the choice is not in the list any more."""
        self.chosen = self.values.get("is", "")
        self.name = chosen_from(self.choices(), self.chosen, self.label)

    def shown(self) -> str:
        """The chosen label."""
        return self.name

    @abstractmethod
    def of(self, subject: Subject) -> str:
        """What the conversation has there, in the list's values."""

    def holds(self, subject: Subject) -> bool:
        """Whether it is the chosen one."""
        return self.of(subject) == self.chosen


class AtLeast(Condition):
    """A condition with one number: at least so many, or (negated) fewer."""

    key = ""
    label = ""
    words = ("at least", "fewer than")

    @classmethod
    def fields(cls) -> tuple[Field, ...]:
        """The number."""
        return (Field("number", cls.label, "number"),)

    def check(self) -> None:
        """Raises `Invalid` for anything that is not a whole number."""
        text = self.values.get("number", "").strip().replace(" ", "")
        if not (text.isascii() and text.isdigit() and len(text) < 12):
            raise Invalid(f"{self.label}: write a whole number.")
        self.number = int(text)

    def shown(self) -> str:
        """The number."""
        return str(self.number)

    @abstractmethod
    def amount(self, subject: Subject) -> float | None:
        """How much there is; None when nobody knows."""

    def holds(self, subject: Subject) -> bool:
        """Whether there is as much; what nobody knows is not."""
        amount = self.amount(subject)
        return amount is not None and amount >= self.number


class Action(ABC):
    """Something a rule does with a conversation. It may change what colleagues see, and no more.

    A subclass gives `key`, `label`, `fields`, and `check`, `sentence`, `would` and `do`.
    """

    key: ClassVar[str]
    label: ClassVar[str]

    def __init__(self, values: Mapping[str, str]) -> None:
        self.values = values

    @classmethod
    def fields(cls) -> tuple[Field, ...]:
        """What to fill in; nothing by default."""
        return ()

    @abstractmethod
    def check(self) -> None:
        """Look up what was chosen. Raises `Invalid` when it cannot be used (any more)."""

    @abstractmethod
    def sentence(self) -> str:
        """`set the topic to Delivery`; after `check`."""

    @abstractmethod
    def would(self, subject: Subject) -> str:
        """What it would change here, for people; empty when nothing. Changes nothing itself."""

    @abstractmethod
    def do(self, subject: Subject, because: Because) -> None:
        """Change it, in the caller's transaction. Raises a `Refusal` that is written in the log."""


def chosen_from(choices: Choices, value: str, label: str) -> str:
    """The label of a choice. Raises `Invalid` when there is no such choice."""
    for known, shown in choices:
        if known == value:
            return shown
    if value:
        raise Invalid(f"{label}: what was chosen is not there any more. Choose another.")
    raise Invalid(f"{label}: choose one of the list.")


def text_of(values: Mapping[str, str], name: str, label: str, most: int = LONGEST) -> str:
    """A text that was filled in. Raises `Invalid` when it is empty or too long."""
    text = values.get(name, "").strip()
    if not text:
        raise Invalid(f"{label}: write something.")
    if len(text) > most:
        raise Invalid(f"{label}: at most {most} characters.")
    return text
