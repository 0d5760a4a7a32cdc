"""What the question who answers does when something happens to conversations and topics."""

from __future__ import annotations

from collections.abc import Sequence

from harken.domain.conversations.events import TopicOwnerChanged
from harken.domain.conversations.models import Topic
from harken.domain.departments.services.name import name_owners, name_owners_of


def name_who_answers(conversations: Sequence[int]) -> None:
    """A customer waits or does not any more, or somebody else is named."""
    name_owners(conversations)


def name_the_new_owner(event: TopicOwnerChanged) -> None:
    """Somebody else owns a topic and answers for what nobody has."""
    name_owners_of(Topic.objects.get(pk=event.topic))
