"""From which saved answers a text began, and which others speak of the same."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from harken.domain.conversations.models import Conversation
from harken.domain.knowledge.models import SavedAnswer, SavedAnswerUse
from harken.domain.knowledge.queries import scored
from harken.domain.knowledge.wording import bare
from harken.domain.knowledge.words import telling, words
from harken.kit import clock

SHARED = 0.4  # of the telling words of a wording that are still in a text that began from it
SHOWN = 3
FITTING = 0.8  # the score from which an answer is about what a text is about
LOOKED_BACK = timedelta(days=14)  # an insertion before that is about another matter


@dataclass(frozen=True, slots=True)
class Known:
    """A saved answer beside a text. `began`: the text began from it, at `version` of it.

    `is_old`: it was changed since then.
    """

    answer: SavedAnswer
    began: bool
    is_old: bool = False

    @property
    def says(self) -> str:
        """Everything it says."""
        return f"{self.answer.short}\n{self.answer.long}".strip()


def begun_from(conversation: Conversation, text: str) -> list[SavedAnswerUse]:
    """The insertions in this conversation of which something is left in `text`."""
    uses = (
        SavedAnswerUse.objects.filter(
            conversation=conversation, inserted_at__gte=clock.now() - LOOKED_BACK
        )
        .select_related("answer__owner")
        .order_by("-inserted_at")
    )
    there = set(words(text))
    return [use for use in uses if _is_left(use.answer, there)]


def _is_left(answer: SavedAnswer, there: set[str]) -> bool:
    wordings = (telling(bare(text)) for text in (answer.short, answer.long) if text)
    return any(
        told and sum(word in there for word in told) >= SHARED * len(told) for told in wordings
    )


def known_beside(conversation: Conversation, text: str) -> list[Known]:
    """The saved answers a text began from, and those in force that speak of the same."""
    uses = begun_from(conversation, text)
    found = [Known(use.answer, True, use.version < use.answer.version) for use in uses]
    if not any(letter.isdigit() for letter in text):
        return found  # only what can be compared is looked for
    mine = {use.answer_id for use in uses}
    scores = scored(text, conversation, typed=False)
    near = [pk for pk in sorted(scores, key=lambda pk: -scores[pk]) if scores[pk] >= FITTING]
    today = clock.now().date()
    rows = SavedAnswer.objects.select_related("owner").filter(
        pk__in=[pk for pk in near if pk not in mine][:SHOWN]
    )
    return found + [
        Known(answer, False)
        for answer in rows
        if answer.valid_until is None or answer.valid_until >= today
    ]
