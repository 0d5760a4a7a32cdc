"""The same in fewer words."""

from __future__ import annotations

from harken.domain.assist.services.asking import Help, Question
from harken.domain.conversations.models import Conversation
from harken.domain.people.models import User
from harken.kit.refusals import Invalid


def shorten(conversation: Conversation, *, draft: str, limit: int, by: User) -> Help:
    """The draft in fewer words, within `limit` characters (0: any).

    Raises `NotAllowed`, `Invalid` without a draft, `NoHelp`.
    """
    question = Question(conversation, "shorten", by)
    if not draft.strip():
        raise Invalid("Write something first; then it can be shortened.")
    length = f" It must have fewer than {limit} characters." if limit else ""
    instruction = (
        "Shorten this answer to a customer. Keep its language, every fact, name, link and the "
        f"signature.{length} Answer with the shortened text alone, no remark."
    )
    return question.help("text", question.ask(instruction, question.quote(draft)))
