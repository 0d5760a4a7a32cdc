"""When a rule is asked: which events of the journal, and the moment that comes by itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from harken.domain.automation.subject import Subject
from harken.domain.conversations.models import State
from harken.domain.escalation.models import Escalation


@dataclass(frozen=True, slots=True)
class Trigger:
    """One moment to look at a conversation.

    `kinds` are the events that bring it. `fits` says whether a conversation as it is now could
    have been at that moment, for a trial; `seconds` are the rule's `waits`.
    """

    key: str
    label: str
    kinds: tuple[str, ...]
    fits: Callable[[Subject, int], bool]


def _was_escalated(subject: Subject, _: int) -> bool:
    return Escalation.objects.filter(conversation=subject.conversation).exists()


TRIGGERS = {
    each.key: each
    for each in (
        Trigger(
            "message",
            "a message comes in",
            ("MessageReceived",),
            lambda subject, _: subject.message is not None,
        ),
        Trigger(
            "sorted",
            "triage has sorted a message",
            ("MessageJudged", "JudgementCorrected"),
            lambda subject, _: subject.judgement is not None,
        ),
        Trigger(
            "topic",
            "its topic or team changes",
            ("TopicChanged", "TeamChanged"),
            lambda subject, _: bool(subject.conversation.topic_id or subject.conversation.team_id),
        ),
        Trigger(
            "tags",
            "its tags or its priority change",
            ("TagAdded", "TagRemoved", "PriorityChanged"),
            lambda _subject, _: True,
        ),
        Trigger(
            "waits",
            "the customer has waited unanswered for",
            (),
            lambda subject, seconds: (subject.waits or -1) >= seconds,
        ),
        Trigger(
            "closed",
            "it is closed",
            ("ConversationClosed",),
            lambda subject, _: subject.conversation.state == State.CLOSED,
        ),
        Trigger(
            "reopened",
            "it is opened again",
            ("ConversationReopened",),
            lambda subject, _: subject.conversation.state == State.OPEN,
        ),
        Trigger("escalated", "it is escalated", ("EscalationRaised",), _was_escalated),
    )
}
WAITS = "waits"
BY_KIND = {kind: each.key for each in TRIGGERS.values() for kind in each.kinds}
#: After these another message may be the one a customer waits with.
TURN_KINDS = frozenset(
    {
        "MessageReceived",
        "MessageDeleted",
        "ReplyDelivered",
        "AnsweredOutside",
        "ConversationReopened",
    }
)
