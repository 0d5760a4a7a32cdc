"""Finding what we know: the saved answers that fit a text, in the wording its network takes.

A text is looked up by the words that say what it is about, the rarest first, so that a common word
never drags in every answer; a word no answer has is taken for a typing mistake and compared with
titles by its letters (pg_trgm).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, Q, QuerySet

from harken.domain.channels.registry import pure_connector
from harken.domain.conversations.models import Conversation, Direction, Message
from harken.domain.conversations.queries import visible_to
from harken.domain.knowledge.models import SavedAnswer
from harken.domain.knowledge.wording import filled, holes
from harken.domain.knowledge.words import COMMON, STEM, stem, telling, words
from harken.domain.people.models import User
from harken.kit import clock

TERMS = 8  # words of a text that are looked up
RAREST = 5  # of those the ones that answers are found by
FEW = 4  # words up to which whole ones count more
COMMON_FROM = 2500  # answers with a word, from which it is common; they are not counted further
CROWD = 800  # answers compared; a word that more have finds none when a rarer one does
TITLED, WHOLE = 0.6, 0.5  # what a word in the title, and a whole word, adds to one that is there
TYPED = 80  # characters; a longer text is no search, so its last word is not half typed
ASKED = 3  # messages of the customer that stand in for a text
LIKE_A_TITLE = 0.45  # pg_trgm's word similarity from which a word is a mistyped one

HOW_MANY = """
SELECT t, (SELECT count(*) FROM (
    SELECT 1 FROM knowledge_savedanswer
    WHERE words @@ t::tsquery AND brand_id = %(brand)s AND retired_at IS NULL
    LIMIT %(common)s) held)
FROM unnest(%(terms)s::text[]) t
"""
# Rare words weigh more, whole ones and those in the title too; then topic, language and validity.
BEST = """
SELECT a.id,
       (SELECT sum(w) FROM unnest(%(terms)s::text[], %(weights)s::float[]) AS one(t, w)
        WHERE a.words @@ t::tsquery),
       coalesce((SELECT max(word_similarity(f, a.folded_title))
                 FROM unnest(%(fuzzy)s::text[]) f), 0),
       a.same_topic, a.language = %(language)s, a.language <> '' AND a.language <> %(language)s,
       coalesce(a.valid_until < %(today)s, false)
FROM (
    SELECT id, words, folded_title, language, valid_until,
           coalesce(topic_id = %(topic)s, false) AS same_topic
    FROM knowledge_savedanswer
    WHERE brand_id = %(brand)s AND retired_at IS NULL
      AND (words @@ %(any)s::tsquery OR %(near)s)
    ORDER BY same_topic DESC, language = %(language)s DESC LIMIT %(crowd)s
) a
"""


@dataclass(frozen=True, slots=True)
class Offer:
    """A saved answer that fits, best first.

    `text` is the wording its network takes, the customer's name in it; `holes` those that are
    left. `fits`: it is not too long. `score` orders offers of one search and says nothing else.
    """

    answer: SavedAnswer
    score: float
    text: str
    holes: tuple[str, ...]
    is_expired: bool
    fits: bool


def best(user: User, text: str, conversation: Conversation, limit: int = 3) -> list[Offer]:
    """The saved answers that fit `text` best in this conversation, of its brand, at most `limit`.

    Without a text those that fit what the customer asks; when none does, those most used for the
    topic. Nothing for people who may not see the conversation. Half a word is enough.
    """
    if not visible_to(user).filter(pk=conversation.pk).exists():
        return []
    said = text.strip()
    found = scored(said or _asked(conversation), conversation, typed=bool(said))
    if not found and not said:
        used = _most_used(conversation)[:limit]
        found = {each.pk: -float(place) for place, each in enumerate(used)}
    return _offers(
        sorted(found.items(), key=lambda each: (-each[1], each[0]))[:limit], conversation
    )


def scored(text: str, conversation: Conversation, *, typed: bool) -> dict[int, float]:
    """How well each answer of the conversation's brand (ids) fits a text; who does not is left out.

    `typed`: somebody types it, so its last word may be half a word and others mistyped.
    """
    terms = _terms(text, typed=typed and len(text) <= TYPED)
    counted = _counted(list(terms), conversation.channel.brand_id) if terms else {}
    known = sorted((each for each in counted if counted[each]), key=lambda each: counted[each])
    lost = [word for term, word in terms.items() if not counted[term] and len(word) >= STEM]
    fuzzy = lost if typed else []
    if not known and not fuzzy:
        return {}
    total = sum(counted.values()) + 1
    rarity = {each: log(1 + total / counted[each]) for each in known}
    weighed = _weights(rarity, terms)
    return _weighed(
        {
            "brand": conversation.channel.brand_id,
            "terms": list(weighed),
            "weights": list(weighed.values()),
            "any": " | ".join(_few(known, counted)),
            "crowd": CROWD,
            "fuzzy": fuzzy,
            "topic": conversation.topic_id,
            "language": conversation.language.partition("-")[0],
            "today": clock.now().date(),
        },
        sum(rarity.values()) or 1.0,
    )


def _weights(rarity: dict[str, float], terms: dict[str, str]) -> dict[str, float]:
    """What each form of a term adds: its beginning, the same in a title, and the whole word."""
    found = {}
    for term, weight in rarity.items():
        found[term] = weight
        found[f"{term}A" if term.endswith("*") else f"{term}:A"] = TITLED * weight
        if term.endswith("*") and len(terms) <= FEW:
            found[f"'{terms[term]}'"] = WHOLE * weight
    return found


def _weighed(asked: dict[str, Any], whole: float) -> dict[int, float]:
    fuzzy = asked["fuzzy"]
    # One condition a word, as only a constant on the left can use the index.
    near = " OR ".join(f"%(fuzzy_{n})s <%% folded_title" for n in range(len(fuzzy))) or "false"
    asked |= {f"fuzzy_{n}": word for n, word in enumerate(fuzzy)}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('pg_trgm.word_similarity_threshold', %s, true)", [str(LIKE_A_TITLE)]
        )
        cursor.execute(BEST.replace("%(near)s", near), asked)
        rows = cursor.fetchall()
    return {
        pk: float(said or 0) / whole
        + 0.8 * float(like if like >= LIKE_A_TITLE else 0)
        + 0.25 * topic
        + 0.2 * same
        - 0.1 * other
        - 0.2 * ended
        for pk, said, like, topic, same, other, ended in rows
    }


def _terms(text: str, *, typed: bool) -> dict[str, str]:
    """What is looked up, as tsquery terms, with the word each comes from."""
    told = telling(text)
    chosen = told if len(told) <= TERMS else sorted(told, key=len, reverse=True)[:TERMS]
    found = {f"'{stem(word)}':*": word for word in chosen if len(word) > STEM}
    found |= {f"'{word}'": word for word in chosen if len(word) <= STEM}
    last = words(text)[-1:] if typed and text[-1:].isalnum() else []
    for word in last:
        if len(word) > 1 and not (found and word in COMMON):
            found.pop(f"'{word}'", None)
            found[f"'{stem(word) if len(word) > STEM else word}':*"] = word
    return found


def _counted(terms: Sequence[str], brand: int) -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(HOW_MANY, {"terms": list(terms), "brand": brand, "common": COMMON_FROM})
        return dict(cursor.fetchall())


def _few(known: Sequence[str], counted: dict[str, int]) -> list[str]:
    """The rarest of the terms, as long as they do not find a crowd."""
    finding: list[str] = []
    there = 0
    for term in known[:RAREST]:
        there += counted[term]
        if finding and there > CROWD:
            break
        finding.append(term)
    return finding


def _asked(conversation: Conversation) -> str:
    theirs = Message.objects.filter(
        conversation=conversation, direction=Direction.INBOUND, deleted_at=None
    )
    newest = theirs.order_by("-sent_at", "-id").values_list("body", flat=True)[:ASKED]
    return "\n".join(newest)


def _most_used(conversation: Conversation) -> QuerySet[SavedAnswer]:
    language = conversation.language.partition("-")[0]
    return (
        offered(conversation)
        .filter(topic=conversation.topic_id)
        .exclude(topic=None)
        .annotate(
            foreign=~Q(language__in=("", language)),
            used=Count("uses", filter=Q(uses__sent_at__isnull=False)),
        )
        .order_by("foreign", "-used", "pk")
    )


def offered(conversation: Conversation) -> QuerySet[SavedAnswer]:
    """The saved answers of the conversation's brand that are not retired."""
    return SavedAnswer.objects.filter(brand=conversation.channel.brand_id, retired_at=None)


def _offers(found: Sequence[tuple[int, float]], conversation: Conversation) -> list[Offer]:
    rows = SavedAnswer.objects.select_related("topic", "owner").defer("folded", "words")
    answers = rows.in_bulk([pk for pk, _ in found])
    today = clock.now().date()
    offers = []
    for pk, score in found:
        answer = answers.get(pk)
        if answer is None:  # retired in between
            continue
        text, fits = wording_for(answer, conversation)
        ended = answer.valid_until is not None and answer.valid_until < today
        offers.append(Offer(answer, score, text, tuple(holes(text)), ended, fits))
    return offers


def wording_for(answer: SavedAnswer, conversation: Conversation) -> tuple[str, bool]:
    """The longest wording the conversation's network takes, with the name, and whether it fits."""
    connector = pure_connector(conversation.channel)
    name = conversation.contact.name_to_use
    written = [filled(text, name) for text in (answer.long, answer.short) if text]
    for text in written:
        if connector.length(text).left >= 0:
            return text, True
    return written[-1], False
