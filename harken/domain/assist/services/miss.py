"""What the customer asked and the draft does not answer."""

from __future__ import annotations

from harken.domain.assist.services.asking import Help, Question
from harken.domain.conversations.models import Conversation
from harken.domain.people.models import User


def miss(conversation: Conversation, *, draft: str, by: User) -> Help:
    """The customer's questions that neither we nor the draft answered yet, one a line.

    Raises `NotAllowed`, `Invalid`, `NoHelp`.
    """
    question = Question(conversation, "miss", by)
    instruction = (
        "List what the customer asks and neither our messages nor the draft answers, one short "
        "question a line, in English, no numbers. If nothing is left say exactly: Nothing is left."
    )
    begun = f"\nDraft: {question.quote(draft)}" if draft.strip() else ""
    return question.help("points", question.ask(instruction, question.thread() + begun))
