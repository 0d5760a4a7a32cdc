"""What can happen to what we know. Ids only: the journal holds no text."""

from __future__ import annotations

from dataclasses import dataclass

from harken.domain.journal.services import Happened


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedAnswerWritten(Happened):
    """A saved answer was written or changed; `version` counts from 1."""

    answer: int
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedAnswerRetired(Happened):
    """A saved answer is offered no more."""

    answer: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedAnswerRestored(Happened):
    """A saved answer is offered again."""

    answer: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedAnswerInserted(Happened):
    """A person began a text from a saved answer."""

    answer: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GuidelineWritten(Happened):
    """A guideline was written or changed; `version` counts from 1."""

    guideline: int
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GuidelineRetired(Happened):
    """A guideline is shown no more."""

    guideline: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GuidelineConfirmed(Happened):
    """A person has read a version of a guideline."""

    guideline: int
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ExamplePromoted(Happened):
    """A person says that others should learn from one of our answers."""

    message: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ExampleDropped(Happened):
    """One of our answers is no strong example any more."""

    message: int
