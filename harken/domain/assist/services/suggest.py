"""A draft made from saved answers, and from nothing else."""

from __future__ import annotations

import re
from collections.abc import Sequence

from harken.domain.assist.endpoint import NoHelp
from harken.domain.assist.services.asking import Help, Question, Source
from harken.domain.conversations.models import Conversation
from harken.domain.people.models import User

MOST_SOURCES = 3
_SOURCES = re.compile(r"\W*sources?\W*:(.*)", re.IGNORECASE)


def suggest(
    conversation: Conversation, *, draft: str, sources: Sequence[Source], limit: int, by: User
) -> Help:
    """An answer to the customer from these saved answers; those it used are its sources.

    `limit` is how many characters the network takes (0: any). Without a saved answer nothing is
    asked and nothing leaves. Raises `NotAllowed`, `Invalid`, `NoHelp`.
    """
    question = Question(conversation, "suggest", by)
    given = list(sources)[:MOST_SOURCES]
    if not given:
        raise NoHelp("No saved answer fits, so there is nothing to suggest from. Nothing was sent.")
    answers = "\n".join(
        f"Saved answer {number}: {question.quote(f'{each.title}: {each.text}')}"
        for number, each in enumerate(given, start=1)
    )
    begun = f"\nBegun by the colleague: {question.quote(draft)}" if draft.strip() else ""
    said = question.ask(_instruction(conversation, limit), f"{question.thread()}\n{answers}{begun}")
    text, used = _told(said, given)
    if not text:
        raise NoHelp("The assistant has nothing to say to this. Write on without it.")
    return question.help("text", text, used)


def _instruction(conversation: Conversation, limit: int) -> str:
    language = f" in the language '{conversation.language}'" if conversation.language else ""
    length = f", at most {limit} characters" if limit else ""
    return (
        "You draft one public answer of a company to a customer, for a colleague who will check "
        f"and change it. Write plain text{language}{length}, calm and personal; the customer is "
        "called [name-1]. Use only facts of the saved answers; promise nothing they do not. If "
        "they do not answer the question, say so in the draft. End with one line of its own: "
        "'Sources:' and the numbers you used."
    )


def _told(said: str, given: Sequence[Source]) -> tuple[str, list[Source]]:
    """The text without its last line, and the saved answers that line names; all without one.

    Numbers nobody gave are left out: a source is never invented.
    """
    text, _, last = said.strip().rpartition("\n")
    found = _SOURCES.fullmatch(last.strip())
    if found is None:
        return said.strip(), list(given)
    numbers = {int(each) for each in re.findall(r"\d{1,3}", found[1])}
    used = [each for number, each in enumerate(given, start=1) if number in numbers]
    return text.strip(), used
