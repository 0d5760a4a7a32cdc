"""What the assistant offers, as the composer shows it: where a text goes, and what would change."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from harken.domain.assist.endpoint import Endpoint, endpoint
from harken.domain.assist.services.asking import Help

ALIKE = 0.6  # below it a comparison word by word is harder to read than the two texts
_WORDS = re.compile(r"\s+|\w+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Task:
    """One button. `about` says what it does, for who rests on it."""

    key: str
    label: str
    about: str


TASKS = (
    Task("suggest", "Suggest", "A draft from the saved answers that fit"),
    Task("translate", "Translate", "The draft in the customer's language; without one, theirs"),
    Task("shorten", "Shorten", "The draft in fewer words"),
    Task("miss", "What did I miss?", "What they asked and the draft does not answer"),
)


@dataclass(frozen=True, slots=True)
class Offered:
    """The buttons, and the sentence that says what goes where."""

    tasks: Sequence[Task]
    privacy: str


def offered() -> Offered | None:
    """What stands in the composer; None in a house without an assistant."""
    to = endpoint()
    return None if to is None else Offered(TASKS, privacy(to))


def privacy(to: Endpoint) -> str:
    """What is sent where, in one sentence."""
    return (
        "When you press one, your draft, the newest messages and the saved answers that fit go to "
        f"{to.host} ({to.model}), personal data masked."
    )


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the comparison. `change`: same, new or gone."""

    change: str
    text: str


def compared(before: str, after: str) -> list[Piece]:
    """What of `before` goes and what of `after` comes; of two that share little, all of both."""
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    found: list[Piece] = []
    match = SequenceMatcher(None, old, new, autojunk=False)
    if match.ratio() < ALIKE:
        return [Piece(what, text) for what, text in (("gone", before), ("new", after)) if text]
    for what, i, j, k, m in match.get_opcodes():
        if what == "equal":
            found.append(Piece("same", "".join(new[k:m])))
            continue
        if i < j:
            found.append(Piece("gone", "".join(old[i:j])))
        if k < m:
            found.append(Piece("new", "".join(new[k:m])))
    return found


def points(help_: Help) -> list[str]:
    """The lines of a list, without what a model puts before them."""
    lines = (re.sub(r"^[\s\-*•\d.)]+", "", line).strip() for line in help_.text.splitlines())
    return [line for line in lines if line]
