"""Mentions: whoever is named in a note is told, if the conversation is theirs to see."""

from __future__ import annotations

from harken.domain.conversations.models import Note
from harken.domain.conversations.queries import visible_to
from harken.domain.notifications.models import NoteMention
from harken.domain.notifications.names import meant_by, named_in
from harken.domain.notifications.services.tell import notify
from harken.domain.people.models import User

EXCERPT = 160  # characters of the note


def mention(note: Note) -> list[NoteMention]:
    """Keep who is named in a note just written, and tell those who may see the conversation."""
    conversation = note.conversation
    meant = meant_by(named_in(note.body), conversation)
    people: dict[int, User] = {}
    kept = []
    for written, whom in meant.items():
        if isinstance(whom, User):
            told = visible_to(whom).filter(pk=conversation.pk).exists()
            kept.append(NoteMention(note=note, person=whom, written=written, told=told))
            people[whom.pk] = whom
        else:
            kept.append(NoteMention(note=note, team=whom, written=written))
            people |= {person.pk: person for person in whom.members.filter(is_active=True)}
    if kept:
        NoteMention.objects.bulk_create(kept)
        notify(
            "mention",
            to=people.values(),
            text=f"{note.author or 'A note'} mentions you: “{_excerpt(note.body)}”",
            by=note.author,
            conversation=conversation,
        )
    return kept


def _excerpt(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= EXCERPT else line[: EXCERPT - 1].rstrip() + "…"
