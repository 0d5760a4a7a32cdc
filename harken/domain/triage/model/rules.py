"""What lexicon and rules say about a post: a score for each label of each question.

The scores are the starting point of the learner (`Learner.probabilities(offset=...)`), in the units
of a logistic regression: +2 turns even odds into about 7 to 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from harken.domain.triage.model.lexicon import Lexicon, languages, sections
from harken.domain.triage.model.tokens import Cut

#: The questions asked about every post, with the label that needs no mark last.
QUESTIONS: dict[str, tuple[str, ...]] = {
    "sentiment": ("negative", "positive", "neutral"),
    "urgency": ("urgent", "normal"),
    "relevance": ("spam", "irrelevant", "relevant"),
    "person": ("asked", "no"),
    "stakes": ("threat", "opportunity", "none"),
}
TOPIC = "topic"
NO_TOPIC = ""

# Score of a first and of each further entry of a section; the default of a question is the
# score its plain label starts with. Sentiment needs less: most entries of it are one word.
FIRST = {"spam": 1.6, "irrelevant": 2.0, "urgent": 1.7, "asked": 2.6, "threat": 2.6}
FURTHER = 0.9
MILD = {"negative": 0.9, "positive": 1.0, "opportunity": 1.8}
PLAIN = {"sentiment": 0.75, "urgency": 1.6, "relevance": 2.2, "person": 1.6, "stakes": 1.7}
SECTION_OF = {"person": "asked"}  # section name -> label, where they differ
MEANING_TO_QUESTION = {
    label: question for question, labels in QUESTIONS.items() for label in labels[:-1]
}
NEGATION_REACH = 3  # words after a "not" whose praise turns
TOPIC_START, TOPIC_WORD, TOPIC_FURTHER = -3.0, 3.2, 1.5  # one word suggests, two may act
GONE = -30.0  # a topic that was learnt and does not exist any more
Score = dict[str, float]


@dataclass(slots=True)
class Found:
    """What was found in one post: scores a question, and where each reason stands."""

    scores: dict[str, Score] = field(default_factory=dict)
    reasons: dict[tuple[str, str], list[tuple[int, int]]] = field(default_factory=dict)

    def add(self, question: str, label: str, score: float, place: tuple[int, int]) -> None:
        """Give `label` more weight because of the words at `place`."""
        scores = self.scores.setdefault(question, {})
        scores[label] = scores.get(label, 0.0) + score
        self.reasons.setdefault((question, label), []).append(place)


class Rules:
    """The lexicons of all languages, and the words that lead to the topics."""

    def __init__(self, topics: Mapping[str, tuple[str, ...]] | None = None) -> None:
        self._words = _all_languages()
        self.topics: dict[str, tuple[str, ...]] = {}
        self._topics = Lexicon({})
        self._start: Score = {NO_TOPIC: 0.0}
        self.use_topics(topics or {})

    def use_topics(self, topics: Mapping[str, tuple[str, ...]]) -> None:
        """Route by these words from now on: topic label -> words."""
        if dict(topics) != self.topics:
            self.topics = dict(topics)
            self._topics = Lexicon(self.topics)
            self._start = {NO_TOPIC: 0.0, **dict.fromkeys(self.topics, TOPIC_START)}

    def look(self, post: Cut) -> Found:
        """Everything lexicon and rules find in a post."""
        found = Found({question: {labels[-1]: PLAIN[question]} for question, labels in _LABELS})
        entries = self._words.find(post.words)
        negated = _after_negation(entries)
        for meaning, start, end in entries:
            if meaning != "not":
                self._weigh(found, meaning, (start, end), turned=start in negated)
        _shouting(post, found)
        self._route(post, found)
        return found

    def _weigh(self, found: Found, meaning: str, place: tuple[int, int], *, turned: bool) -> None:
        label = SECTION_OF.get(meaning, meaning)
        question = MEANING_TO_QUESTION[label]
        if turned and label == "positive":
            label = "negative"
        elif turned and label == "negative":
            return  # "no problem", "not bad": neither praise nor blame
        first = MILD.get(label, FIRST.get(label, 1.5))
        already = (question, label) in found.reasons
        found.add(question, label, min(first, FURTHER) if already else first, place)

    def _route(self, post: Cut, found: Found) -> None:
        found.scores[TOPIC] = dict(self._start)
        for topic, start, end in self._topics.find(post.words):
            already = (TOPIC, topic) in found.reasons
            found.add(TOPIC, topic, TOPIC_FURTHER if already else TOPIC_WORD, (start, end))


_LABELS = tuple(QUESTIONS.items())


def _all_languages() -> Lexicon:
    # All languages at once: people mix them, and a short post's language is a guess. A word that
    # praises in one language and blames in another counts for neither.
    gathered: dict[str, set[str]] = {}
    for language in languages():
        for name, entries in sections(language).items():
            if not name.startswith("topic:"):
                gathered.setdefault(name, set()).update(entry.lower() for entry in entries)
    both = gathered["positive"] & gathered["negative"]
    gathered["positive"] -= both
    gathered["negative"] -= both
    return Lexicon(gathered)


def _after_negation(entries: list[tuple[str, int, int]]) -> set[int]:
    """The places whose praise or blame a "not" just before turns round."""
    reached: set[int] = set()
    for meaning, _, end in entries:
        if meaning == "not":
            reached.update(range(end, end + NEGATION_REACH))
    return reached


def _shouting(post: Cut, found: Found) -> None:
    """Capitals and !! make blame stronger; a question alone is no blame."""
    for at, word in enumerate(post.words):
        if word in {"!!", "?!", "!?", "??"}:
            found.add("sentiment", "negative", 0.35, (at, at + 1))
    loud = [
        at
        for at, (start, end) in enumerate(post.places)
        if end - start > 3 and post.text[start:end].isupper()
    ]
    if len(loud) > 1:
        for at in loud[:4]:
            found.add("sentiment", "negative", 0.2, (at, at + 1))
