"""What triage said of a conversation, as the desk shows it: questions, answers, marked words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import get_language_info

from harken.domain.conversations.models import Conversation, Topic
from harken.domain.lookups import Lookup
from harken.domain.triage.model.rules import QUESTIONS, TOPIC
from harken.domain.triage.models import Judgement
from harken.domain.triage.queries import LANGUAGE, Marks, newest_judgement
from harken.web.triage_words import ANSWERS, TITLES

SUGGESTED = 3  # topics behind the keys 1 to 3


@dataclass(frozen=True, slots=True)
class Answer:
    """One possible answer. `label` is what is sent; `held` marks the one that stands."""

    label: str
    text: str
    hotkey: str
    held: bool


@dataclass(frozen=True, slots=True)
class Question:
    """One question with its answers; `words` led to what software said."""

    name: str
    title: str
    answers: tuple[Answer, ...]
    sure: int | None
    words: tuple[str, ...]
    learnt: bool
    others: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Sorted:
    """All that the popover shows. `text` is the message in pieces, marked or not."""

    judgement: Judgement
    questions: tuple[Question, ...]
    text: tuple[tuple[str, bool], ...]


def topic_names() -> Lookup[dict[str, str]]:
    """Every topic's name by its id as text, retired ones too: software may have named them."""
    found = Topic.objects.order_by("name").values_list("pk", "name")
    return Lookup(found, lambda rows: {str(pk): name for pk, name in rows})


def sorted_as(conversation: Conversation, named: Mapping[str, str]) -> Sorted | None:
    """What triage said of the newest customer message; None when it has not looked yet.

    `named` are the `topic_names`.
    """
    judgement = newest_judgement(conversation)
    if judgement is None:
        return None
    asked = [_topic(judgement, named), *(_question(judgement, name) for name in ANSWERS)]
    asked.append(_language(judgement))
    places = [
        tuple(place)
        for question, said in judgement.detail.items()
        if question == TOPIC or said["label"] != QUESTIONS[question][-1]
        for place in said["places"]
    ]
    return Sorted(judgement, tuple(asked), tuple(marked(judgement.message.body, places)))


def marked(text: str, places: Iterable[tuple[int, ...]]) -> list[tuple[str, bool]]:
    """The text cut at `places` (start and end): pieces and whether they are marked."""
    pieces: list[tuple[str, bool]] = []
    at = 0
    for start, end in sorted({(place[0], place[1]) for place in places}):
        if end <= at or end > len(text):
            continue
        begin = max(start, at)
        pieces += [(text[at:begin], False), (text[begin:end], True)]
        at = end
    pieces.append((text[at:], False))
    return [piece for piece in pieces if piece[0]]


def _question(judgement: Judgement, name: str) -> Question:
    held = getattr(judgement, name)
    answers = tuple(
        Answer(label, text, key, label == held) for label, (text, key) in ANSWERS[name].items()
    )
    return _with_reason(judgement, name, answers)


def _topic(judgement: Judgement, named: Mapping[str, str]) -> Question:
    said = judgement.detail.get(TOPIC, {})
    wanted = [str(judgement.topic_id or ""), *[said.get("label", "")], *said.get("next", [])]
    first = [label for label in dict.fromkeys(wanted) if label in named][:SUGGESTED]
    held = str(judgement.topic_id or "")
    answers = [
        Answer(label, named[label], str(number), label == held)
        for number, label in enumerate(first, start=1)
    ]
    answers.append(Answer("", "None of these", "0", not held))
    others = tuple((label, name) for label, name in named.items() if label not in first)
    return _with_reason(judgement, TOPIC, tuple(answers), others)


def _language(judgement: Judgement) -> Question:
    held = judgement.language or judgement.conversation.language
    answers = (Answer(held, language_name(held), "", True),) if held else ()
    others = tuple(
        (code, language_name(code)) for code in settings.TRIAGE_LANGUAGES if code != held
    )
    return Question(LANGUAGE, TITLES[LANGUAGE], answers, None, (), learnt=False, others=others)


def _with_reason(
    judgement: Judgement,
    name: str,
    answers: tuple[Answer, ...],
    others: tuple[tuple[str, str], ...] = (),
) -> Question:
    said = judgement.detail.get(name, {})
    body = judgement.message.body
    words = tuple(dict.fromkeys(body[place[0] : place[1]].lower() for place in said["places"]))
    held = next((answer.label for answer in answers if answer.held), "")
    agrees = held == said["label"]
    return Question(
        name,
        TITLES[name],
        answers,
        round(100 * said["confidence"]) if agrees else None,
        words[:4] if agrees else (),
        learnt=bool(said["learnt"]) and agrees,
        others=others,
    )


def language_name(code: str) -> str:
    """The English name of a language code; an unknown code as it is."""
    try:
        return str(get_language_info(code)["name"])
    except KeyError:
        return code


def mark_words(mark: Marks | None) -> list[str]:
    """What a row or a head says about a conversation, most pressing first, the threat apart."""
    if mark is None:
        return []
    said = [
        (mark.urgent, "urgent"),
        (mark.person, "asks for a person"),
        (mark.opportunity, "opportunity"),
        (mark.spam, "looks like spam"),
        (mark.irrelevant, "not about us?"),
    ]
    return [word for is_so, word in said if is_so]
