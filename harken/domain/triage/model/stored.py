"""A learner as bytes and back: numbers only, nothing that could run.

Layout, little-endian: features as 32-bit numbers, then their steps, then their weights label by
label as 32-bit floats; all compressed. Labels, counts and the like travel beside it as JSON.
"""

from __future__ import annotations

import sys
import zlib
from array import array
from collections.abc import Iterable
from typing import Any

from harken.domain.triage.model.learner import Learner

INTEGERS, FLOATS = "I", "f"


class Unusable(ValueError):
    """Stored bytes do not fit what stands beside them."""


def pack(learner: Learner, only: Iterable[int] | None = None) -> tuple[bytes, dict[str, Any]]:
    """The learner, or only some features of it, as bytes and facts."""
    chosen = sorted(learner.weights if only is None else set(only) & learner.weights.keys())
    width = len(learner.labels)
    numbers: array[Any] = array(INTEGERS, chosen)
    steps: array[Any] = array(FLOATS, [learner.steps.get(feature, 0.0) for feature in chosen])
    weights: array[Any] = array(FLOATS)
    for place in range(width):
        weights.extend(learner.weights[feature][place] for feature in chosen)
    facts = {
        "labels": learner.labels,
        "counts": learner.counts,
        "features": len(chosen),
        "rate": learner.rate,
    }
    return zlib.compress(_bytes(numbers) + _bytes(steps) + _bytes(weights), 6), facts


def unpack(data: bytes, facts: dict[str, Any], into: Learner | None = None) -> Learner:
    """A learner from bytes and facts, or the changes of `data` applied to the learner `into`.

    Raises `Unusable` when bytes and facts do not belong together.
    """
    learner = into or Learner(rate=float(facts["rate"]))
    for label in facts["labels"]:
        learner.know(label)
    if learner.labels != list(facts["labels"]):
        raise Unusable("the labels are in another order")
    learner.counts = {str(label): int(count) for label, count in facts["counts"].items()}
    count, width = int(facts["features"]), len(learner.labels)
    try:
        raw = zlib.decompress(data)
    except zlib.error as error:
        raise Unusable(str(error)) from error
    if len(raw) != 4 * count * (2 + width):
        raise Unusable("the length is wrong")
    numbers = _array(INTEGERS, raw[: 4 * count])
    steps = _array(FLOATS, raw[4 * count : 8 * count])
    weights = _array(FLOATS, raw[8 * count :])
    for at, feature in enumerate(numbers):
        learner.steps[feature] = steps[at]
        learner.weights[feature] = [weights[place * count + at] for place in range(width)]
    return learner


def _bytes(numbers: array[Any]) -> bytes:
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers.tobytes()


def _array(code: str, raw: bytes) -> array[Any]:
    numbers: array[Any] = array(code)
    numbers.frombytes(raw)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers
