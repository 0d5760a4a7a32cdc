"""What can happen in triage. Ids and labels only: the journal holds no text."""

from __future__ import annotations

from dataclasses import dataclass

from harken.domain.journal.services import Happened


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageJudged(Happened):
    """Software said what a message is about and how it is meant (`by` is nobody)."""

    message: int
    judgement: int


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgementCorrected(Happened):
    """A person said that an answer was wrong, or right; the model learns it from here."""

    judgement: int
    correction: int
    question: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicWordsChanged(Happened):
    """A person changed the words that lead to a topic."""

    topic: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelRolledBack(Happened):
    """A person went back to what the model knew at version `to`."""

    to: int
    version: int
