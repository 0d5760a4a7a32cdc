"""What stands beside the composer: the guideline of the topic, and answers to learn from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from harken.domain.conversations.models import Conversation
from harken.domain.knowledge.queries_beside import examples_for, guideline_for, promoted
from harken.domain.people.models import User
from harken.web.desk.thread import Entry


def beside(user: User, conversation: Conversation, entries: Sequence[Entry]) -> dict[str, Any]:
    """For the pane: `spoken`, `to_learn_from`, which answers here are examples, and the newest."""
    ours = [
        entry.of.pk
        for entry in entries
        if entry.kind == "ours" and entry.look == "delivered" and _stands(entry)
    ]
    return {
        "spoken": guideline_for(user, conversation),
        "to_learn_from": examples_for(user, conversation),
        "strong_ones": promoted(ours),
        "can_be_strong": set(ours),
        "newest_ours": ours[-1] if ours else 0,
    }


def _stands(entry: Entry) -> bool:
    """Whether it is a message at the network: no reply on its way there, nothing private."""
    if getattr(entry.of, "is_private", False):
        return False
    return entry.reply is None or entry.reply.message_id is not None
