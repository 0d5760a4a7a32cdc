"""The same in another language: the draft in the customer's, or theirs to be read."""

from __future__ import annotations

from harken.domain.assist.endpoint import NoHelp
from harken.domain.assist.services.asking import Help, Question, said_lately
from harken.domain.conversations.models import Conversation, Direction
from harken.domain.people.models import User

OURS = "en"  # the language the desk speaks
ONLY = "Answer with the translation alone: plain text, no remark, the same tone and length."


def translate(conversation: Conversation, *, draft: str, by: User) -> Help:
    """The draft in the customer's language; without a draft, their newest message to be read.

    Raises `NotAllowed`, `Invalid`, `NoHelp`.
    """
    question = Question(conversation, "translate", by)
    if draft.strip():
        if not conversation.language:
            raise NoHelp("Nobody knows yet which language this customer writes. Nothing was sent.")
        to = f"Translate into the language '{conversation.language}'. "
        return question.help("text", question.ask(to + ONLY, question.quote(draft)))
    theirs = [each for each in said_lately(conversation) if each.direction == Direction.INBOUND]
    if not theirs:
        raise NoHelp("There is nothing to translate. Nothing was sent.")
    said = question.ask(
        f"Translate into the language '{OURS}'. {ONLY}", question.quote(theirs[-1].body)
    )
    return question.help("reading", said)
