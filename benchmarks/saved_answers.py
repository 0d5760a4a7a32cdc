"""K1: the best three of 10,000 saved answers while somebody types, against 100 ms.

The answers are invented texts with a language's shape: few words often, many seldom. Half of what
is asked is typed letter by letter (every keystroke is a search), the other half is a customer's
whole message; every second typed title has a mistake in it.
"""

from __future__ import annotations

import random
import time
from statistics import median, quantiles
from typing import TYPE_CHECKING

from benchmarks.figure import Figure
from benchmarks.intake import posts
from benchmarks.reread import STEMS, texts
from benchmarks.world import analyze, channel, database

if TYPE_CHECKING:
    from harken.domain.people.models import Brand, User

ANSWERS = 10_000
ASKED = 600
MISTAKES = 0.5  # of the typed titles have a word with two letters in the wrong order
LIMIT = 0.1  # seconds
LANGUAGES = ("en", "nl", "de", "fr", "es")


def measure() -> list[Figure]:
    """p95 of `best`, and of how many typed titles the right answer was among the three."""
    with database():
        from harken.domain.conversations.models import Conversation
        from harken.domain.conversations.services.receive import receive_posts
        from harken.domain.knowledge.queries import best
        from harken.domain.people.models import User

        account = channel()
        mika = User.objects.create_user("mika", password="x", role="manager")
        receive_posts(account, list(posts(4, "saved")))
        conversation = Conversation.objects.select_related("channel", "contact").earliest("id")
        titles = fill(account.brand, mika)
        analyze()
        dice, there, found = random.Random(5), 0, 0
        spent: list[float] = []
        while len(spent) < ASKED:
            number = dice.randrange(ANSWERS)
            whole = len(spent) % 2 == 0
            for text in [_message(number, dice)] if whole else _keystrokes(titles[number], dice):
                began = time.perf_counter()
                offers = best(mika, text, conversation)
                spent.append(time.perf_counter() - began)
            if not whole:
                there += 1
                found += any(offer.answer.title == titles[number] for offer in offers)
        assert found >= there * 0.9, f"only {found} of {there} typed titles found"
    p95 = quantiles(spent, n=20)[-1]
    how = (
        f"p50 {median(spent) * 1e3:.1f} ms, p95 {p95 * 1e3:.1f} of 100 ms, {ANSWERS:,} answers,"
        f" {found} of {there} typed titles among the three"
    )
    return [Figure("K1", "finding a saved answer", p95 / LIMIT, 1.0, 0.3, False, how)]


def fill(brand: Brand, owner: User) -> list[str]:
    """Ten thousand answers with twenty topics; their titles."""
    from harken.domain.conversations.models import Topic
    from harken.domain.knowledge.models import SavedAnswer
    from harken.domain.knowledge.words import folded

    topics = [Topic.objects.create(name=f"Topic {n}", slug=f"topic-{n}") for n in range(20)]
    said = texts(0, ANSWERS)
    titles = [" ".join(dict.fromkeys(text.split()))[:60].rpartition(" ")[0] for text in said]
    SavedAnswer.objects.bulk_create(
        SavedAnswer(
            brand=brand,
            topic=topics[number % len(topics)],
            language=LANGUAGES[number % len(LANGUAGES)],
            title=title,
            short=text[:280],
            long=text,
            owner=owner,
            changed_by=owner,
            folded_title=folded(title),
            folded=folded(f"{text[:280]}\n{text}"),
        )
        for number, (title, text) in enumerate(zip(titles, said, strict=True))
    )
    return titles


def _keystrokes(title: str, dice: random.Random) -> list[str]:
    """The searches of somebody who types three words of a title, those that say most."""
    words = sorted(title.split(), key=STEMS.index)[-3:]
    dice.shuffle(words)
    if dice.random() < MISTAKES:
        place = dice.randrange(len(words))
        words[place] = _mistyped(words[place], dice)
    typed = " ".join(words)
    return [typed[:length] for length in range(2, len(typed) + 1)]


def _mistyped(word: str, dice: random.Random) -> str:
    at = dice.randrange(1, max(2, len(word) - 1))
    return word[:at] + word[at + 1 : at + 2] + word[at : at + 1] + word[at + 2 :]


def _message(number: int, dice: random.Random) -> str:
    words = texts(number, 1)[0].split()
    return " ".join([*words, *dice.choices(STEMS, k=10)])
