"""Something on every bell of the demo: colleagues mention each other and hand conversations on."""

from __future__ import annotations

from uuid import NAMESPACE_URL, uuid5

from harken.domain.conversations.models import Conversation, State
from harken.domain.conversations.queries import visible_to
from harken.domain.conversations.services.assign import assign
from harken.domain.conversations.services.notes import write_note
from harken.domain.people.models import Role, User
from harken.domain.people.queries import first_in_role

NOTES = (
    "@{name} you had this bike in the workshop, do you remember what it was?",
    "@{name} may we offer a replacement here? It is the second time.",
)


def ring() -> None:
    """Let colleagues tell whoever can be played something about conversations they may see."""
    for role in Role.values:
        person = first_in_role(role)
        found = person and list(_open_to(person)[: len(NOTES) + 1])
        if not person or not found:
            continue
        for text, conversation in zip(NOTES, found, strict=False):
            writer = _colleague(person, conversation)
            key = uuid5(NAMESPACE_URL, f"{person.username}/{text}")
            body = text.format(name=person.username)
            if writer:
                write_note(conversation, body=body, client_key=key, by=writer)
        last = found[-1]
        giver = _colleague(person, last)
        if giver and person.can_answer and len(found) > len(NOTES):
            assign(last, to=person, by=giver)


def _open_to(person: User) -> list[Conversation]:
    found = visible_to(person).filter(state=State.OPEN, assignee=None, team__isnull=False)
    return list(found.exclude(notes__isnull=False).order_by("pk"))


def _colleague(person: User, conversation: Conversation) -> User | None:
    """Somebody else of that conversation's team who may write."""
    others = User.objects.filter(teams=conversation.team, is_active=True).exclude(pk=person.pk)
    return others.exclude(role=Role.VIEWER).order_by("pk").first()
