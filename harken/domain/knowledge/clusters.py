"""Which questions are the same question: messages gathered by the telling words they share.

Plain, without a database. A rare word says more than a common one (idf). Each message joins the
group whose first message it resembles most, so one look over all of them is enough.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import log

from harken.domain.knowledge.words import stem, telling

ALIKE = 0.42  # of what the shorter of two messages says has to be in the other one
SHARED = 3  # words, or all of a shorter one
CORE = 0.5  # of the messages of a group have the words that make it up


@dataclass(slots=True)
class Group:
    """Messages (by their place in what was given) that ask the same."""

    members: list[int] = field(default_factory=list)
    stems: frozenset[str] = frozenset()
    seen: Counter[str] = field(default_factory=Counter)

    @property
    def core(self) -> list[str]:
        """The beginnings of words that most of them share, the most frequent first."""
        most = self.seen.most_common()
        return [each for each, count in most if count >= CORE * len(self.members)]


def grouped(texts: Sequence[str], least: int) -> list[Group]:
    """The groups of at least so many messages, the largest first."""
    told = [frozenset(stem(word) for word in telling(text)) for text in texts]
    spread = Counter(each for stems in told for each in stems)
    weight = {each: log(1 + len(texts) / count) for each, count in spread.items()}
    groups: list[Group] = []
    having: dict[str, list[int]] = defaultdict(list)
    for place, stems in enumerate(told):
        if stems:
            group = _nearest(stems, groups, having, weight)
            if group is None:
                group = Group(stems=stems)
                for each in stems:
                    having[each].append(len(groups))
                groups.append(group)
            group.members.append(place)
            group.seen.update(stems)
    large = [group for group in groups if len(group.members) >= least]
    return sorted(large, key=lambda group: -len(group.members))


def _nearest(
    stems: frozenset[str],
    groups: Sequence[Group],
    having: dict[str, list[int]],
    weight: dict[str, float],
) -> Group | None:
    touched = Counter(number for each in stems for number in having[each])
    best, found = ALIKE, None
    for number, shared in touched.items():
        group = groups[number]
        fewer = stems if len(stems) <= len(group.stems) else group.stems
        if shared < min(SHARED, len(fewer)):
            continue
        both = sum(weight[each] for each in stems & group.stems)
        alike = both / sum(weight[each] for each in fewer)
        if alike >= best:
            best, found = alike, group
    return found


def is_covered(core: Sequence[str], said: frozenset[str]) -> bool:
    """Whether an answer (the stems of its words) takes up a question of these words."""
    shared = sum(each in said for each in core)
    return shared >= min(2, len(core)) and shared >= 0.4 * len(core)
