"""The world of the route matrix: the company with one of everything on each side."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from harken.domain.approvals.services.voices import give_voice
from harken.domain.automation.models import Rule
from harken.domain.bulk.queries import Wish
from harken.domain.bulk.services.run import start
from harken.domain.channels.models import Quarantined
from harken.domain.contacts.models import Contact, Handle
from harken.domain.conversations.models import Conversation, Tag
from harken.domain.conversations.services.notes import write_note
from harken.domain.conversations.services.tags import add_tag
from harken.domain.conversations.services.topics import move
from harken.domain.escalation.services import escalate
from harken.domain.knowledge.services.examples import promote
from harken.domain.notifications.models import Pager
from harken.domain.people.models import User
from harken.domain.replies.models import Reply
from harken.domain.sla.models import SLAPolicy
from harken.domain.sla.services.hours import Opening, add_hours
from harken.web.portal import limits
from tests.cast import Company
from tests.web import things
from tests.web.route import ROLES, WORD
from tests.web.things import CANARY

MISSING = 987_654_321
WHOSE = ("own", "other", "missing")
KINDS = (
    *("conversation", "contact", "message", "ours", "reply", "channel", "quarantined", "topic"),
    *("policy", "hours", "rule", "notification", "pager", "escalation", "team", "view"),
    *("change", "link", "call", "followup", "approval", "approval_rule", "executive", "voice"),
    "private_text",
    *("saved_answer", "monitor", "storm", "source", "mention"),
    *("roster", "layer", "shift", "swap", "absence", "cover", "handover"),
)

OPENING = Opening(name="Shop", zone="Europe/Paris", week=[[(540, 1020)]] * 7)


@dataclass
class World:
    """Two teams' things under the same names; `objects[kind][whose]` is an id."""

    company: Company
    objects: dict[str, dict[str, int]] = field(default_factory=dict)
    clients: dict[str, Client] = field(default_factory=dict)

    def values(self, whose: str) -> dict[str, object]:
        """What `{name}` in a route's data stands for."""
        return {
            "conversation": self.objects["conversation"][whose],
            "topic": self.company.baggage.pk,
            "tag": Tag.objects.get(name=WORD).pk,
            "team": self.company.service.pk,
            "person": self.company.ben.pk,
            "escalation": self.objects["escalation"][whose],
            "layer": self.objects["layer"][whose],
            "saved_answer": self.objects["saved_answer"]["own"],
        }

    def address(self, name: str, on: str, whose: str) -> str:
        if not on:
            return reverse(name)
        if on == "network":
            return reverse(name, args=["loopback" if whose != "missing" else "pigeon"])
        pk = self.objects["conversation" if on == "picture" else on][whose]
        if on == "picture":
            return reverse(name, args=[pk, "message", self.objects["message"][whose], 0])
        return reverse(name, args=[pk])


@pytest.fixture
def world(
    company: Company,
    receive: Callable[..., Conversation],
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> World:
    settings.PORTAL_URL = "https://care.meridian.example"
    monkeypatch.setattr(limits, "TRIES", 10**6)  # every role knocks at every link
    made = World(company)
    ours = receive(f"{WORD} ours", by="amara")
    theirs = _for_the_other_team(company, receive(f"{WORD} {CANARY} theirs", by="zora"))
    pairs = {"own": (ours, company.mika), "other": (theirs, company.bea)}
    for (conversation, author), tag in zip(pairs.values(), (WORD, CANARY), strict=True):
        add_tag(conversation, tag, by=author)
    made.objects = {kind: {"missing": MISSING} for kind in KINDS}
    shared = _of_no_team(company, things.a_rule_that_ran(company, ours, theirs))
    for whose, (conversation, author) in pairs.items():
        found = shared | _objects(made, conversation, author, whose)
        for kind, pk in found.items():
            made.objects[kind][whose] = pk
    for whose, text in (("own", WORD), ("other", f"{WORD} {CANARY}")):
        talking = receive(f"{text} talk", by=f"talker-{whose}")
        if whose == "other":
            talking = _for_the_other_team(company, talking)
        for kind, pk in things.in_private(talking, text, by=pairs[whose][1]).items():
            made.objects[kind][whose] = pk
    things.sorted_and_corrected(company, ours, theirs)
    made.clients |= _clients(company)
    return made


def _of_no_team(company: Company, rule: Rule) -> dict[str, int]:
    """What belongs to the whole house: by kind, the key of its object."""
    raw = Quarantined.objects.create(
        channel=company.channel, sha256=hashlib.sha256(b"{").digest(), raw=b"{", error="no JSON"
    )
    pager = Pager.objects.create(person=company.ben, name=CANARY, service="x", address=CANARY)
    return {
        "channel": company.channel.pk,
        "quarantined": raw.pk,
        "topic": company.baggage.pk,
        "policy": SLAPolicy.objects.get().pk,
        "hours": add_hours(OPENING, by=company.lena).pk,
        "rule": rule.pk,
        "monitor": things.a_monitor_that_heard(company).pk,
        "source": things.a_source(company),
        "pager": pager.pk,
        "team": company.service.pk,
        "approval_rule": things.a_resting_rule(company).pk,
        "executive": company.elif_.pk,
        "voice": give_voice(company.elif_, signature="— Elif, founder", by=company.maren).pk,
        "saved_answer": things.saved(company).pk,
    }


def _objects(world: World, conversation: Conversation, author: User, whose: str) -> dict[str, int]:
    """What exists once for each side: by kind, the keys of its objects."""
    company = world.company
    asked = conversation.messages.get()
    answer = things.answered(conversation, author, f"{CANARY} answer" if whose == "other" else "ok")
    things.kept_by_the_network(answer, author, CANARY if whose == "other" else "too old")
    chooser = author if whose == "other" else company.ben
    promote(answer, CANARY if whose == "other" else "It names the hour.", by=chooser)
    why = f"{CANARY} reason" if whose == "other" else "They call a lawyer."
    return {
        "conversation": conversation.pk,
        "contact": conversation.contact_id,
        "message": asked.pk,
        "ours": answer.pk,
        "reply": Reply.objects.get(message=answer).pk,
        "notification": things.told(company, conversation, CANARY if whose == "other" else WORD),
        "escalation": escalate(conversation, kind="threat", reason=why, by=author).pk,
        "followup": things.promised(answer, CANARY if whose == "other" else WORD),
        "approval": things.waiting(conversation, author, answer.body).pk,
        "view": things.shared_view(author, conversation).pk,
        "mention": things.team_s_mention(company, theirs=whose == "other"),
        "storm": things.team_s_storm(company, conversation, theirs=whose == "other"),
        "change": start(Wish(action="priority", value="low", ids=(conversation.pk,)), by=author).pk,
        **things.rostered(company, whose),
    }


def _clients(company: Company) -> dict[str, Client]:
    people: dict[str, User] = {
        "agent": company.mika,
        "lead": company.lena,
        "manager": company.maren,
        "executive": company.elif_,
        "viewer": company.vic,
    }
    clients = {role: Client() for role in ROLES}
    for role, user in people.items():
        clients[role].force_login(user)
    return clients


def _for_the_other_team(company: Company, conversation: Conversation) -> Conversation:
    write_note(conversation, body=f"{WORD} {CANARY} note", client_key=uuid4(), by=company.maren)
    Contact.objects.filter(pk=conversation.contact_id).update(name=f"{WORD} {CANARY}")
    Handle.objects.filter(contact=conversation.contact_id).update(display_name=f"{WORD} {CANARY}")
    return move(conversation, to=company.billing, by=company.maren)


@contextmanager
def undone() -> Iterator[None]:
    """Whatever a request changes is gone after it, so that the next meets the same world."""
    block = transaction.atomic()
    # Services may ask for a transaction of their own to be the outermost one; ours is the test's.
    block._from_testcase = True  # type: ignore[attr-defined]
    with block:
        yield
        transaction.set_rollback(True)


def ask(world: World, role: str, method: str, address: str, **more: object) -> HttpResponse:
    client = world.clients[role]
    cookies: SimpleCookie = SimpleCookie(client.cookies.output(header="", sep=";"))
    with undone():
        answer = getattr(client, method.lower())(address, **more)
    client.cookies = cookies
    return answer  # type: ignore[no-any-return]


def body(answer: HttpResponse) -> str:
    if getattr(answer, "streaming", False):
        return b"".join(answer.streaming_content).decode(errors="replace")  # type: ignore[attr-defined]
    return answer.content.decode(errors="replace") + str(dict(answer.headers))
