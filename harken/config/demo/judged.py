"""How the past of the demo is meant: what its monitors heard is judged, so that moods have one."""

from __future__ import annotations

from harken.domain.conversations.models import State
from harken.domain.listening.models import MonitorHit
from harken.domain.triage.model.language import LanguageDetector
from harken.domain.triage.model.sorter import Sorter
from harken.domain.triage.queries import topics_with_words
from harken.domain.triage.services.judge import judged, store, to_judge
from harken.domain.triage.services.memory import load

NEVER = 2.0  # no confidence reaches it: what a past conversation was about is known


class Told(LanguageDetector):
    """The invented past says itself which language it is in; to find out takes half a second."""

    def detect(self, text: str, otherwise: str = "") -> str:  # noqa: ARG002
        """The language that was told."""
        return otherwise


def judge_the_past() -> None:
    """Judge what the monitors heard of closed conversations; open ones the worker judges."""
    heard = MonitorHit.objects.filter(message__conversation__state=State.CLOSED)
    messages = heard.order_by("message").values_list("message", flat=True).distinct()
    sorter = Sorter(Told(()), topics_with_words())
    model = load(sorter)
    pairs = judged(sorter, to_judge([pk for pk in messages if pk is not None]))
    store(pairs, model=model, cut=NEVER, tell=False)
