"""From which confidence on a suggestion may act by itself, learnt from what people said of it."""

from __future__ import annotations

from collections.abc import Iterable

ENOUGH = 30  # answers of people before their history sets the cut
CAREFUL = 0.75  # the cut before that
NEVER = 1.01
WANTED = 0.9  # share of right answers among those that acted


def cut_for(judged: Iterable[tuple[float, bool]], wanted: float = WANTED) -> float:
    """The lowest confidence above which at least `wanted` of the answers were right.

    `judged`: confidence and whether a person found it right. With few of them a careful fixed
    cut; when no cut reaches `wanted`, one that nothing reaches: then nothing acts by itself.
    """
    ranked = sorted(judged, reverse=True)
    if len(ranked) < ENOUGH:
        return CAREFUL
    best, right = NEVER, 0
    for number, (confidence, was_right) in enumerate(ranked, start=1):
        right += was_right
        if number < len(ranked) and ranked[number][0] == confidence:
            continue  # a cut cannot part what is equally sure
        # One more wrong answer is imagined, so that a few lucky ones do not open the door.
        if number >= ENOUGH // 3 and right / (number + 1) >= wanted:
            best = confidence
    return best
