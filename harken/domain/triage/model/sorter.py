"""The whole of it: a post in, an answer to every question out, each with its reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from harken.domain.triage.model.features import features, pair_feature, word_features
from harken.domain.triage.model.language import LanguageDetector
from harken.domain.triage.model.learner import Example, Learner
from harken.domain.triage.model.rules import (
    GONE,
    NO_TOPIC,
    QUESTIONS,
    TOPIC,
    TOPIC_START,
    Found,
    Rules,
)
from harken.domain.triage.model.tokens import Cut, cut

REASONS = 6  # words shown for one answer
WELL_TAUGHT = 30  # corrections of topics after which "no topic" is an answer like any other
PLAIN_LABEL = {question: labels[-1] for question, labels in QUESTIONS.items()}
FAINT = 0.08  # a learnt word that moves an answer by less is no reason


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer to one question. `places` are the start and end of the words that led to it."""

    label: str
    confidence: float
    places: tuple[tuple[int, int], ...]
    learnt: bool
    second: str = ""
    third: str = ""


@dataclass(frozen=True, slots=True)
class Judged:
    """All answers for one post."""

    language: str
    verdicts: dict[str, Verdict] = field(default_factory=dict)


class Sorter:
    """Answers all questions about a post, and learns from corrections."""

    def __init__(
        self,
        detector: LanguageDetector,
        topics: Mapping[str, tuple[str, ...]] | None = None,
        learners: Mapping[str, Learner] | None = None,
    ) -> None:
        self.rules = Rules(topics)
        self.detector = detector
        self.learners = {name: Learner(labels) for name, labels in QUESTIONS.items()}
        self.learners[TOPIC] = Learner([NO_TOPIC])
        self.learners |= dict(learners or {})
        self.use_topics(topics or {})

    def use_topics(self, topics: Mapping[str, tuple[str, ...]]) -> None:
        """Know these topics (label -> words that lead to it) from now on."""
        self.rules.use_topics(topics)
        for label in topics:
            self.learners[TOPIC].know(label)

    def judge(self, text: str, language: str = "") -> Judged:
        """Answer every question. `language` is the answer for posts too short to tell."""
        post = cut(text)
        found, seen = self.rules.look(post), features(post.words)
        return Judged(
            self.detector.detect(text, language),
            {question: self._answer(question, post, found, seen) for question in self.learners},
        )

    def example(self, question: str, text: str, label: str) -> Example:
        """A taught post as the learner of `question` takes it."""
        post = cut(text)
        return Example(features(post.words), self._offset(question, self.rules.look(post)), label)

    def teach(self, question: str, text: str, label: str) -> Learner:
        """Learn one answer at once; returns the learner, whose `touched` says what moved."""
        learner = self.learners[question]
        learner.learn(self.example(question, text, label))
        return learner

    def refit(self, question: str, taught: Sequence[tuple[str, str]], passes: int = 5) -> Learner:
        """Learn all answers (text and label) anew, in several passes: better than one by one."""
        learner = self.learners[question]
        learner.fit([self.example(question, text, label) for text, label in taught], passes)
        return learner

    def _offset(self, question: str, found: Found) -> dict[str, float]:
        offset = found.scores[question]
        if question == TOPIC:
            learner = self.learners[TOPIC]
            # "No topic" is the likely answer at first and gives way as people teach topics.
            taught = min(sum(learner.counts.values()) / WELL_TAUGHT, 1.0)
            offset = {**offset, NO_TOPIC: taught * TOPIC_START}
            for label in learner.labels:
                offset.setdefault(label, GONE)
        return offset

    def _answer(self, question: str, post: Cut, found: Found, seen: Sequence[int]) -> Verdict:
        learner = self.learners[question]
        chances = learner.probabilities(seen, self._offset(question, found))
        ranked = sorted(range(len(chances)), key=chances.__getitem__, reverse=True)
        label = learner.labels[ranked[0]]
        places = found.reasons.get((question, label), [])
        learnt = False
        # "Not urgent" needs no reason: only what a person would want to check is explained.
        if learner.weights and label != PLAIN_LABEL.get(question):
            moved = _moved(learner, ranked[0], post)
            learnt = bool(moved)
            places = [*places, *moved]
        others = [learner.labels[place] for place in ranked[1:3]]
        return Verdict(
            label,
            round(chances[ranked[0]], 4),
            tuple(_letters(post, places)),
            learnt,
            *others,
        )


def _moved(learner: Learner, place: int, post: Cut) -> list[tuple[int, int]]:
    """The words whose learnt weights moved the answer, the strongest first."""
    strengths: list[tuple[float, int]] = []
    before, count = "^", max(len(post.words), 1) ** 0.5
    for at, word in enumerate(post.words):
        strength = 0.0
        for feature in (*word_features(word), pair_feature(before, word)):
            weight = learner.weights.get(feature)
            if weight:
                strength += weight[place] - sum(weight) / len(weight)
        if strength / count > FAINT:
            strengths.append((strength, at))
        before = word
    strengths.sort(reverse=True)
    return [(at, at + 1) for _, at in strengths[:REASONS]]


def _letters(post: Cut, places: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Places of words as places of letters, each once, joined where they touch."""
    spans = sorted({(post.places[a][0], post.places[b - 1][1]) for a, b in places})
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined[:REASONS]
