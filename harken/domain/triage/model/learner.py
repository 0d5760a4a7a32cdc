"""Multinomial logistic regression that learns from one example at a time.

The learner starts from nothing: what the lexicons and rules say comes in as an offset, a score
for each label, and the weights learn what is missing from it. With no examples the answer is
therefore the lexicon's, and every correction moves it. Steps shrink per feature (AdaGrad).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

RATE = 0.6
FLOOR = 1e-6  # under the root, so that the first step is finite
BALANCE = 0.6  # 0: labels as often as they come; 1: rare labels count as much as frequent ones
MOST_BALANCE = 6.0
Offset = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Example:
    """A taught post: its features, what lexicon and rules said, and the right label."""

    features: Sequence[int]
    offset: Offset
    label: str


class Learner:
    """One question ("which topic?") with its labels and weights."""

    def __init__(self, labels: Iterable[str] = (), rate: float = RATE) -> None:
        self.labels: list[str] = list(labels)
        self.rate = rate
        self.counts: dict[str, int] = {}
        self.weights: dict[int, list[float]] = {}
        self.steps: dict[int, float] = {}
        self.touched: set[int] = set()

    def know(self, label: str) -> None:
        """Make room for a label not heard of before."""
        if label not in self.labels:
            self.labels.append(label)
            for weight in self.weights.values():
                weight.append(0.0)

    def probabilities(self, features: Sequence[int], offset: Offset) -> list[float]:
        """How likely each of `labels` is; they add up to 1."""
        scores = [offset.get(label, 0.0) for label in self.labels]
        weights = self.weights
        if weights:
            found = [weight for feature in features if (weight := weights.get(feature))]
            if found:
                scale = 1.0 / math.sqrt(len(features))
                for place, column in enumerate(zip(*found, strict=True)):
                    scores[place] += sum(column) * scale
        top = max(scores)
        powers = [math.exp(score - top) for score in scores]
        total = sum(powers)
        return [power / total for power in powers]

    def learn(self, example: Example, rate: float = 1.0) -> None:
        """Move the weights towards the example's label."""
        self.know(example.label)
        self.counts[example.label] = self.counts.get(example.label, 0) + 1
        self._step(example, rate)

    def fit(self, examples: Sequence[Example], passes: int = 3) -> None:
        """Start anew and learn all examples, several times over, with ever smaller steps.

        The order of each pass is fixed, so that the same corrections give the same model.
        """
        self.counts.clear()
        self.weights.clear()
        self.steps.clear()
        for example in examples:
            self.know(example.label)
            self.counts[example.label] = self.counts.get(example.label, 0) + 1
        for number in range(passes):
            for example in _shuffled(examples, number):
                self._step(example, 1.0 / (1.0 + number * 0.5))

    def _step(self, example: Example, rate: float) -> None:
        features = example.features
        if not features:
            return
        chances = self.probabilities(features, example.offset)
        size = self._balance(example.label) / math.sqrt(len(features))
        slope = [-chance * size for chance in chances]
        slope[self.labels.index(example.label)] += size
        squared = sum(each * each for each in slope)
        self._move(features, slope, squared, self.rate * rate)

    def _move(
        self, features: Sequence[int], slope: list[float], squared: float, rate: float
    ) -> None:
        weights, steps, width = self.weights, self.steps, len(self.labels)
        places = range(width)
        for feature in features:
            seen = steps.get(feature, 0.0) + squared
            steps[feature] = seen
            step = rate / math.sqrt(seen + FLOOR)
            weight = weights.get(feature)
            if weight is None:
                weights[feature] = [step * each for each in slope]
            else:
                for place in places:
                    weight[place] += step * slope[place]
        self.touched.update(features)

    def _balance(self, label: str) -> float:
        total, own = sum(self.counts.values()), self.counts.get(label, 1)
        even = total / (max(len(self.counts), 1) * own)
        return min(float(even**BALANCE), MOST_BALANCE)


def _shuffled(examples: Sequence[Example], number: int) -> list[Example]:
    """The examples in another order for every pass, the same one every time."""
    count = len(examples)
    if not number or count < 3:
        return list(examples)
    stride = next(
        s for s in range(int(count * 0.618) + number, 2 * count + 2) if _coprime(s, count)
    )
    return [examples[(place * stride) % count] for place in range(count)]


def _coprime(one: int, other: int) -> bool:
    return math.gcd(one, other) == 1
