"""Two departments with secrets of their own, and how to see whether one reaches the other.

Each department has a conversation in which every text that belongs to it holds the department's
canary, whatever room the text is in: `plant` walks all models that hang from a conversation, so
that a room added later is covered without a word here.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from django.apps import apps
from django.db.models import CharField, Field, ForeignKey, Model, Q, TextField
from django.test import Client

from harken.domain.contacts.models import Contact, Handle
from harken.domain.conversations.models import Conversation, Message, Topic
from harken.domain.conversations.queries import VIEWS
from harken.domain.conversations.services.notes import write_note
from harken.domain.departments.models import Responsibility
from harken.domain.people.models import Role, Team, User
from harken.domain.presence.models import Presence
from harken.domain.replies.models import Draft
from harken.domain.replies.services.draft import save_draft
from harken.kit import clock
from tests.cast import Company, person
from tests.web.route import WORD, Route

KEYS = {"thread_key", "external_id", "parent_id_at_network", "version", "url", "avatar_url"}
SHORTEST = 30  # characters; a shorter column holds a code, not a text
#: What differs between two drawings of the same page though nothing changed.
RESTLESS = (
    r'(csrfmiddlewaretoken" value|data-csrf)="[^"]*"',
    r'"X-CSRFToken": "[^"]*"',
    r'data-(now|live-after|saved-at|clock|since|until|due)="[^"]*"',
    r'name="client_key"[^>]*value="[^"]*"',
    r'data-client-key[^>]*value="[^"]*"|value="[0-9a-f-]{36}"',
    r"<time\b.*?</time>",
    r'stroke-dasharray="[^"]*"',
    r'<span class="num" data-(clock|until)[^>]*>[^<]*</span>',
    r'reference (<b class="num">)?[0-9A-F]{6}',
    r'class="left (calm|soon|late)"',
    r'data-key="[^"]*"',  # made at the first look at the page
    r'<span class="num"[^>]*>\d+</span> s\b',  # seconds in which a change can be taken back
)


@dataclass
class Department:
    """A team, its people who may see nothing else, its secret word, and its things by kind."""

    team: Team
    canary: str
    people: dict[str, User]
    objects: dict[str, int] = field(default_factory=dict)

    def conversation(self) -> Conversation:
        return Conversation.objects.get(pk=self.objects["conversation"])


def departments(company: Company, objects: dict[str, dict[str, int]]) -> list[Department]:
    """Service and billing, each with an agent, a lead and a viewer, dressed in their canaries."""
    olga = person("Olga", Role.LEAD, company.billing)
    vito = person("Vito", Role.VIEWER, company.billing)
    service = {"agent": company.mika, "lead": company.lena, "viewer": company.vic}
    billing = {"agent": company.bea, "lead": olga, "viewer": vito}
    found = [
        Department(company.service, "heron-2208", service),
        # The word of the route matrix: rooms put it into what they make for the other team there.
        Department(company.billing, "kestrel-4711", billing),
    ]
    for department, whose in zip(found, ("own", "other"), strict=True):
        department.objects = {kind: ids[whose] for kind, ids in objects.items() if whose in ids}
        dress(department.conversation(), department)
    return found


def dress(conversation: Conversation, of: Department) -> None:
    """Give the conversation a note, a draft, a topic, somebody who is there, and the canary."""
    agent = of.people["agent"]
    # Teams and topics are words of the whole house: whoever hands something on has to find them.
    topic, _ = Topic.objects.get_or_create(
        slug=f"of-{of.team.slug}", defaults={"name": f"About {of.team}", "team": of.team}
    )
    now = clock.now()
    Conversation.objects.filter(pk=conversation.pk).update(
        topic=topic,
        assignee=agent,
        state="open",
        waiting_since=now,
        unowned_since=now,
        due_at=now,
        due_seconds=60,
    )
    Responsibility.objects.update_or_create(
        conversation=conversation, defaults={"user": agent, "since": now}
    )
    write_note(conversation, body="A note", client_key=uuid4(), by=agent)
    save_draft(conversation, body="A draft", by=agent)
    Presence.objects.create(user=agent, tab=uuid4(), conversation=conversation, heard_at=now)
    plant(conversation, f"{WORD} {of.canary}")


def plant(conversation: Conversation, text: str) -> int:
    """Put `text` into every free text of everything that hangs from the conversation; how many."""
    messages = Message.objects.filter(conversation=conversation)
    roots: dict[type[Model], list[int]] = {
        Conversation: [conversation.pk],
        Contact: [conversation.contact_id],
        Handle: [conversation.handle_id],
        Message: list(messages.values_list("pk", flat=True)),
    }
    planted = 0
    for model in apps.get_models():
        texts = [each.name for each in model._meta.fields if is_free_text(each)]
        asked = Q(pk__in=roots.get(model, []))
        for each in model._meta.fields:
            if isinstance(each, ForeignKey) and each.related_model in roots:
                asked |= Q(**{f"{each.name}__in": roots[each.related_model]})
        if texts and asked != Q(pk__in=[]):
            planted += model._default_manager.filter(asked).update(**dict.fromkeys(texts, text))
    return planted


def is_free_text(column: Field[Any, Any]) -> bool:
    """Whether people or networks write what they like into the column."""
    kind = isinstance(column, TextField) or (
        isinstance(column, CharField) and (column.max_length or 0) >= SHORTEST
    )
    unique = {name for one in column.model._meta.constraints for name in getattr(one, "fields", ())}
    plain = not column.choices and not column.unique and column.name not in KEYS | unique
    return kind and plain and not column.is_relation


def questions(route: Route, other: Department) -> Iterator[dict[str, str]]:
    """What is asked of a route: as the matrix says, then every view, the other team's too."""
    yield dict(route.data)
    if "view" in route.data:
        for view in (*VIEWS, f"team:{other.team.slug}"):
            yield dict(route.data) | {"view": view}


def at_rest(html: str) -> str:
    """The page without what differs between two drawings of the same page."""
    for pattern in RESTLESS:
        html = re.sub(pattern, "…", html, flags=re.DOTALL)
    return html


def browsers(found: list[Department]) -> dict[str, Client]:
    """A signed-in browser for everybody, by user name."""
    people = itertools.chain(*(department.people.values() for department in found))
    clients = {}
    for one in people:
        clients[one.username] = Client(raise_request_exception=True)
        clients[one.username].force_login(one)
    return clients


def has_draft(conversation: Conversation) -> bool:
    """Whether somebody's draft waits there."""
    return Draft.objects.filter(conversation=conversation).exists()
