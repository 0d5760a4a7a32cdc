"""What the demo's people say, in each language: templates from `phrases/*.json`, filled."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import msgspec

FOLDER = Path(__file__).parent / "phrases"
LANGUAGES = tuple(sorted(path.stem for path in FOLDER.glob("*.json")))
TALK = frozenset({"company", "praise", "idea", "advice"})  # topics in which nothing is broken
_SENTENCE_START = re.compile(r"(?<=[.!?] )[^\W\d_]")


class Exchange(msgspec.Struct, frozen=True):
    """Something a customer says, and the answer that fits it."""

    ask: str
    answer: str
    topic: str = ""


class TopicPhrases(msgspec.Struct, frozen=True):
    """Opening posts of a topic; the answer to each stands at the same place, or is the last."""

    open: tuple[str, ...]
    answer: tuple[str, ...]

    def exchange(self, dice: random.Random, topic: str) -> Exchange:
        """An opening with its answer."""
        place = dice.randrange(len(self.open))
        return Exchange(self.open[place], self.answer[min(place, len(self.answer) - 1)], topic)


class FollowUp(msgspec.Struct, frozen=True):
    """A second question with its answer, and the topics it fits."""

    ask: str
    answer: str
    fits: tuple[str, ...]


class Closing(msgspec.Struct, frozen=True):
    """Last words: `any` always fit, `solved` when something was to be solved."""

    any: tuple[str, ...]
    solved: tuple[str, ...]

    def choose(self, dice: random.Random, topic: str) -> str:
        """One that fits the topic."""
        return dice.choice(self.any if topic in TALK else self.any + self.solved)


class Announcement(msgspec.Struct, frozen=True):
    """A post of the brand, and what people comment below it."""

    text: str
    comments: tuple[Exchange, ...]


class Phrases(msgspec.Struct, frozen=True):
    """Everything that is said in one language."""

    names: tuple[str, ...]
    slots: dict[str, tuple[str, ...]]
    greetings: tuple[str, ...]
    endings: tuple[str, ...]
    topics: dict[str, TopicPhrases]
    tagged: tuple[Exchange, ...]
    follow_ups: tuple[FollowUp, ...]
    impatient: tuple[str, ...]
    angry: tuple[Exchange, ...]
    thanks: Closing
    welcome: Closing
    announcements: tuple[Announcement, ...]


@cache
def phrases(lang: str) -> Phrases:
    """The phrases of a language, e.g. "en". Raises FileNotFoundError for one we have not."""
    return msgspec.json.decode((FOLDER / f"{lang}.json").read_bytes(), type=Phrases)


def values_for(dice: random.Random, lang: str) -> dict[str, str]:
    """One value for each slot; all texts of a conversation use the same."""
    slots = phrases(lang).slots
    chosen = {slot: dice.choice(words) for slot, words in slots.items()}
    chosen["other"] = dice.choice([each for each in slots["product"] if each != chosen["product"]])
    return chosen | {"number": str(dice.randint(120, 989)), "n": str(dice.randint(4, 9))}


def fill(template: str, values: Mapping[str, str]) -> str:
    """The template with its slots filled, spaces tidied, sentences begun with a capital."""
    text = " ".join(template.format_map(values).split())
    return _SENTENCE_START.sub(lambda start: start.group().upper(), text)
