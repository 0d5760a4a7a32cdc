"""The people who write to us, as far as the reader may know them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Upper

from harken.domain.contacts.models import Contact, Handle
from harken.domain.contacts.queries import same_person
from harken.domain.conversations.models import Conversation, Message, Place, State
from harken.domain.conversations.queries import visible_to
from harken.domain.people.models import User

RECENT = 1000  # conversations of each state from which the newest contacts are taken
MOST = 100  # contacts in the list
CHAPTERS, MESSAGES = 20, 6  # conversations of a timeline, messages of each


def people(user: User, text: str) -> QuerySet[Handle]:
    """Handles whose name contains `text` and who are in a conversation the person may see."""
    wanted = text.strip().lstrip("@")
    named = (
        Q(handle__icontains=wanted)
        | Q(display_name__icontains=wanted)
        | Q(contact__name__icontains=wanted)
        | Q(contact__name_to_use__icontains=wanted)
    )
    seen = visible_to(user).filter(contact=OuterRef("contact"))
    found = Handle.objects.filter(named) if wanted else Handle.objects.none()
    return found.filter(Exists(seen)).select_related("contact").order_by("-pk")


@dataclass(slots=True)
class Known:
    """A contact in the list: their handles, and what the reader may see of them."""

    contact: Contact
    handles: list[Handle]
    conversations: int
    open: int
    last_at: datetime


def contacts(user: User, text: str = "") -> list[Known]:
    """The people who wrote last; with `text` those of that name. At most 100, newest first."""
    seen = visible_to(user)
    if text.strip():
        named = people(user, text)[:MOST].values_list("contact_id", flat=True)
        ids = list(dict.fromkeys(named))
    else:
        newest: dict[int, datetime] = {}
        for place in Place.values:  # each place has its own index
            rows = seen.filter(place=place).order_by("-listed_at", "-id")
            for contact, at in rows.values_list("contact_id", "last_message_at")[:RECENT]:
                newest[contact] = max(at, newest.get(contact, at))
        ids = sorted(newest, key=lambda contact: newest[contact], reverse=True)[:MOST]
    return _known(seen, ids)


def _known(seen: QuerySet[Conversation], ids: Sequence[int]) -> list[Known]:
    about: dict[int, list[tuple[datetime, str]]] = {}
    rows = seen.filter(contact__in=ids).values_list("contact_id", "last_message_at", "state")
    for contact_id, at, state in rows:
        about.setdefault(contact_id, []).append((at, state))
    found = [
        Known(
            contact,
            list(contact.handles.all()),
            len(about[contact.pk]),
            sum(state == State.OPEN for _, state in about[contact.pk]),
            max(at for at, _ in about[contact.pk]),
        )
        for contact in Contact.objects.filter(pk__in=about).prefetch_related("handles")
    ]
    return sorted(found, key=lambda known: known.last_at, reverse=True)


def visible_contacts(user: User) -> QuerySet[Contact]:
    """Contacts in at least one conversation the person may see; the others do not exist."""
    return Contact.objects.filter(Exists(visible_to(user).filter(contact=OuterRef("pk"))))


@dataclass(slots=True)
class Chapter:
    """One conversation of a contact with its newest messages, oldest of them first."""

    conversation: Conversation
    messages: list[Message]
    earlier: int


def timeline(user: User, contact: Contact) -> list[Chapter]:
    """The newest visible conversations with this person over all channels, newest first."""
    conversations = list(
        visible_to(user)
        .filter(contact__in=same_person(contact).values("pk"))
        .select_related("channel", "topic", "team", "assignee", "handle")
        .order_by("-last_message_at", "-id")[:CHAPTERS]
    )
    chapters = []
    for conversation in conversations:
        newest = (
            conversation.messages.select_related("author", "handle")
            .defer("raw", "words")
            .order_by("-sent_at", "-id")[:MESSAGES]
        )
        messages = list(newest)[::-1]
        earlier = max(0, conversation.message_count - len(messages))
        chapters.append(Chapter(conversation, messages, earlier))
    return chapters


NAMESAKES = 8  # contacts offered for a merge


def namesakes(user: User, contact: Contact) -> QuerySet[Contact]:
    """Visible contacts of the same name that are not this person yet: maybe the same one."""
    same = Contact.objects.annotate(plain=Upper("name")).filter(plain=Upper(Value(contact.name)))
    return _mergeable(user, contact, same.exclude(name=""))


def others_named(user: User, contact: Contact, text: str) -> QuerySet[Contact]:
    """Visible contacts found by name or handle, to be merged with this one."""
    named = people(user, text)[:MOST].values_list("contact_id", flat=True)
    return _mergeable(user, contact, Contact.objects.filter(pk__in=list(named)))


def _mergeable(user: User, contact: Contact, among: QuerySet[Contact]) -> QuerySet[Contact]:
    seen = Exists(visible_to(user).filter(contact=OuterRef("pk")))
    free = among.filter(seen, merged_into=None, members=None).exclude(pk=contact.pk)
    return free.prefetch_related("handles").order_by("pk")[:NAMESAKES]
