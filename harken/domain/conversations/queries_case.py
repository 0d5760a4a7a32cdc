"""Cases: a conversation and those merged into it, worked on as one."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from harken.domain.contacts.queries import same_person
from harken.domain.conversations.models import Conversation, Place
from harken.domain.conversations.models_set_aside import Merge
from harken.domain.conversations.queries import NEWEST, visible_to
from harken.domain.people.models import User

CANDIDATES = 20  # conversations offered for a merge
_AROUND = ("channel", "contact", "handle", "team", "topic", "assignee", "turn")


def leading(conversation: Conversation) -> Conversation:
    """The conversation that stands for the case in the lists; itself, when it is in none."""
    return conversation.merged_into or conversation


def case_of(conversation: Conversation) -> list[Conversation]:
    """Every conversation of the case: the leading one first, then by age."""
    found = Conversation.objects.filter(merged_into=leading(conversation))
    return [leading(conversation), *found.select_related(*_AROUND).order_by("opened_at", "pk")]


def asked_first(case: list[Conversation]) -> Conversation:
    """Where the next answer belongs: the turn that is due first, else the newest word."""
    waiting = [each for each in case if each.waiting_since is not None]
    if not waiting:
        return max(case, key=lambda each: (each.last_message_at, each.pk))
    return min(waiting, key=lambda each: (each.due_at is None, each.due_at or each.waiting_since))


def merges_in(conversation: Conversation) -> QuerySet[Merge]:
    """The merges that make up a case, oldest first."""
    found = Merge.objects.filter(leading=conversation, undone_at=None)
    return found.select_related("merged__channel", "merged__handle", "made_by").order_by("pk")


def mergeable(user: User, conversation: Conversation, text: str = "") -> list[Conversation]:
    """What may be merged with this one: others of the same person, visible, in no case yet.

    With `text` those whose newest words, topic or network contain it. At most 20, newest first.
    """
    found = (
        visible_to(user)
        .filter(contact__in=same_person(conversation.contact).values("pk"))
        .exclude(pk=conversation.pk)
        .exclude(place=Place.MERGED)
        .filter(members=None)
    )
    wanted = text.strip()
    if wanted:
        found = found.filter(
            Q(snippet__icontains=wanted)
            | Q(topic__name__icontains=wanted)
            | Q(channel__network__icontains=wanted)
        )
    return list(found.select_related(*_AROUND).order_by(*NEWEST)[:CANDIDATES])
