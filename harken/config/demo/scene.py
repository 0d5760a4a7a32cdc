"""One invented customer's story: who writes what, and which answers would fit."""

from __future__ import annotations

import random
import unicodedata
from dataclasses import dataclass, field
from functools import cache

from harken.config.demo.company import BRAND, DemoPerson, agents_of, team_of
from harken.config.demo.phrasebook import (
    LANGUAGES,
    TALK,
    Exchange,
    fill,
    phrases,
    values_for,
)

LANGUAGE_WEIGHTS = {"en": 34, "nl": 24, "de": 18, "fr": 13, "es": 11}
TOPIC_WEIGHTS = {"delivery": 16, "workshop": 12, "battery": 9, "app": 10, "praise": 8}
TAGGED_SHARE = 0.12  # posts that name us by hashtag only
BILINGUAL_SHARE = 0.06
TAILS = ("", "", "", "🚲", "🙂", "👀")
_PLAIN = str.maketrans({"ß": "ss", "ø": "o", "ł": "l", "æ": "ae", "'": "", " ": "."})


@dataclass(frozen=True, slots=True)
class Customer:
    """An invented person with one account; `langs` are the languages they write."""

    name: str
    handle: str
    followers: int
    langs: tuple[str, ...]

    @property
    def first_name(self) -> str:
        """What an agent calls them."""
        return self.name.split()[0]


@dataclass(frozen=True, slots=True)
class Scene:
    """A customer's matter in one language. Texts come filled; `answer` fits `opening`.

    `tagged`: the opening names us by hashtag only. `agent` would be the one to answer.
    """

    customer: Customer
    lang: str
    topic: str
    opening: str
    answer: str
    agent: DemoPerson
    tagged: bool
    values: dict[str, str] = field(repr=False)

    @property
    def is_case(self) -> bool:
        """Is there something to be solved, so that waiting makes angry?"""
        return self.topic not in TALK

    def follow_up(self, dice: random.Random) -> Exchange | None:
        """A second question and its answer; not every topic has one."""
        fitting = [each for each in phrases(self.lang).follow_ups if self.topic in each.fits]
        if not fitting:
            return None
        chosen = dice.choice(fitting)
        return self._filled(Exchange(chosen.ask, chosen.answer))

    def angry(self, dice: random.Random) -> Exchange:
        """An outburst and its answer."""
        return self._filled(dice.choice(phrases(self.lang).angry))

    def impatient(self, dice: random.Random) -> str:
        """What somebody writes who waits."""
        return dice.choice(phrases(self.lang).impatient).format_map(self.values)

    def thanks(self, dice: random.Random) -> str:
        """A thank-you."""
        return phrases(self.lang).thanks.choose(dice, self.topic).format_map(self.values)

    def welcome(self, dice: random.Random) -> str:
        """The answer to a thank-you."""
        return fill(phrases(self.lang).welcome.choose(dice, self.topic), self.values)

    def _filled(self, exchange: Exchange) -> Exchange:
        ask = exchange.ask.format_map(self.values)
        return Exchange(ask, fill(exchange.answer, self.values), self.topic)


class Cast:
    """All customers there can be; one name is always the same person with the same handle.

    So the customers of the living network are in part those of the past.
    """

    def __init__(self, dice: random.Random) -> None:
        self._dice = dice
        self._known: dict[str, list[Customer]] = {lang: [] for lang in LANGUAGES}

    def anyone(self, lang: str) -> Customer:
        """Somebody who writes this language: now and then one we heard before."""
        known = self._known[lang]
        if known and self._dice.random() < 0.3:
            return self._dice.choice(known)
        names = phrases(lang).names  # every first name with every last name
        first = self._dice.choice(names).split(maxsplit=1)[0]
        customer = _called(f"{first} {self._dice.choice(names).split(maxsplit=1)[1]}", lang)
        for each in customer.langs:
            self._known[each].append(customer)
        return customer


@cache
def _called(name: str, lang: str) -> Customer:
    own = random.Random(name)  # noqa: S311 - the name decides, not chance
    folded = unicodedata.normalize("NFKD", name.lower().translate(_PLAIN))
    first, _, last = "".join(letter for letter in folded if letter.isascii()).partition(".")
    last = last.replace(".", "")
    styles = (f"{first}.{last}", first + last, f"{last}.{first}", f"{first}.{last}")
    handle = own.choice(styles) + own.choice(("", "", str(own.randint(61, 99))))
    bilingual = lang != "en" and own.random() < BILINGUAL_SHARE
    followers = int(own.lognormvariate(4.6, 1.3))
    return Customer(name, f"{handle}.example", followers, (lang, "en") if bilingual else (lang,))


def draw(
    dice: random.Random, cast: Cast, lang: str | None = None, topic: str | None = None
) -> Scene:
    """A new matter of a new or known customer, in this language and topic if they are given."""
    lang = lang or dice.choices(LANGUAGES, [LANGUAGE_WEIGHTS[each] for each in LANGUAGES])[0]
    said = phrases(lang)
    tagged = [each for each in said.tagged if topic in (None, each.topic)]
    if tagged and dice.random() < TAGGED_SHARE:
        return scene_of(dice, cast, lang, dice.choice(tagged))
    topics = list(said.topics)
    topic = topic or dice.choices(topics, [TOPIC_WEIGHTS.get(each, 6) for each in topics])[0]
    return scene_of(dice, cast, lang, said.topics[topic].exchange(dice, topic))


def scene_of(
    dice: random.Random,
    cast: Cast,
    lang: str,
    exchange: Exchange,
    values: dict[str, str] | None = None,
) -> Scene:
    """The scene that begins with this exchange; `values` are those of a post it comments on."""
    said = phrases(lang)
    customer = cast.anyone(lang)
    agent = dice.choice(agents_of(team_of(exchange.topic)))
    us = f"@{BRAND.handle}"
    slots = values_for(dice, lang) | {
        "us": us,
        "hi": dice.choice(said.greetings).format(us=us),
        "end": dice.choice(said.endings),
        "name": customer.first_name,
        "agent": agent.first_name,
    }
    slots |= values or {}
    ending = "" if "{end}" in exchange.ask else f" {dice.choice(TAILS)}"
    return Scene(
        customer=customer,
        lang=lang,
        topic=exchange.topic,
        opening=fill(exchange.ask + ending, slots),
        answer=fill(exchange.answer, slots),
        agent=agent,
        tagged="{hi}" not in exchange.ask,
        values=slots,
    )
