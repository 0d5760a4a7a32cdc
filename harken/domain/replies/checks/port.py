"""The words of checks: what they are given, what they say."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


class Severity(StrEnum):
    """How much a finding weighs: read it, weigh it, or change the text first."""

    OFF = "off"
    NOTE = "note"
    WARN = "warn"
    BLOCK = "block"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a check found: `why` in a sentence, `fix` what to do about it.

    `spans` are stretches of the text (characters, end excluded); none means all of it. `is_minor`:
    it is never more than a note, however heavy its check.
    """

    why: str
    fix: str
    spans: tuple[tuple[int, int], ...] = ()
    is_minor: bool = False


@dataclass(frozen=True, slots=True)
class Earlier:
    """A reply of the last thirty days that the text resembles, `similarity` 0 to 1."""

    reply: int
    author: str
    sent_at: datetime
    text: str
    similarity: float


@dataclass(frozen=True, slots=True)
class Pattern:
    """A word or RE2 pattern of the brand; `places` are where it matches in the text."""

    label: str
    is_forbidden: bool
    places: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class LinkState:
    """What is known of a link: alive None means that nobody has looked yet."""

    alive: bool | None
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedText:
    """A saved answer beside the text; `began`: the text began from it, and it may have aged since.

    `valid_until` is its last day, None when it has no end. `is_old`: changed since the text began.
    """

    title: str
    says: str
    began: bool = False
    owner: str = ""
    valid_until: date | None = None
    is_old: bool = False
    is_retired: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """An answer before it leaves, and what must be known to judge it.

    `asked` are the customer's messages since our last answer, oldest first; `used` and `limit`
    the length as the network counts it; `patterns` the brand's words that match the text;
    `ours` names, domains and numbers of the company that anybody may read, `portal` the beginning
    of the links to private talks, which are made here and are nobody's data.
    """

    text: str
    name_to_use: str = ""
    display_name: str = ""
    handle: str = ""
    asked: tuple[str, ...] = ()
    language: str = ""
    feels: str = ""
    public: bool = True
    signature: str = ""
    brand: str = ""
    other_brands: tuple[str, ...] = ()
    other_handles: tuple[str, ...] = ()
    ours: tuple[str, ...] = ()
    portal: str = ""
    used: int = 0
    limit: int = 0
    unit: str = "characters"
    today: date = date.min
    patterns: tuple[Pattern, ...] = ()
    links: Mapping[str, LinkState] = field(default_factory=dict)
    earlier: tuple[Earlier, ...] = ()
    saved: tuple[SavedText, ...] = ()

    @property
    def question(self) -> str:
        """Everything the customer said in this turn."""
        return "\n".join(self.asked)


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One check. `key` is stored; `label` and `about` are for people; `severity` is the default."""

    key: str
    label: str
    about: str
    severity: Severity
    look: Callable[[Reading], Iterator[Finding]]
