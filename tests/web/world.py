"""The world of the route matrix: the company with one of everything on each side."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from http.cookies import SimpleCookie
from uuid import uuid4

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from harken.domain.automation.models import Rule, RuleRun
from harken.domain.automation.services.rules import save_rule
from harken.domain.automation.services.trial import try_out
from harken.domain.automation.spec import Part, Spec
from harken.domain.bulk.queries import Wish
from harken.domain.bulk.services.run import start
from harken.domain.channels.models import Quarantined
from harken.domain.contacts.models import Contact, Handle
from harken.domain.conversations.models import Conversation, Message, Tag
from harken.domain.conversations.models_views import SavedView
from harken.domain.conversations.services.notes import write_note
from harken.domain.conversations.services.tags import add_tag
from harken.domain.conversations.services.topics import move
from harken.domain.conversations.services.views import Wish as ViewWish
from harken.domain.conversations.services.views import add_view
from harken.domain.escalation.services import escalate
from harken.domain.listening.models import Monitor
from harken.domain.listening.models_storms import MonitorStorm
from harken.domain.listening.services.hear import Ear
from harken.domain.listening.services.monitors import Wanted, save_monitor
from harken.domain.listening.stored import posts_of
from harken.domain.notifications.models import Notification, Pager
from harken.domain.people.models import User
from harken.domain.replies.models import Reply, ReplyState
from harken.domain.roster.models import Absence, Cover, HandoverNote, Layer, Shift, Swap
from harken.domain.sla.models import SLAPolicy
from harken.domain.sla.services.hours import Opening, add_hours
from harken.domain.triage.queries import newest_judgement
from harken.domain.triage.services.correct import correct
from harken.domain.triage.tasks import Triage
from harken.kit import clock
from tests.cast import Company
from tests.web.matrix import ROLES, WORD

CANARY = "kestrel-4711"  # stands in everything of the other team
MISSING = 987_654_321
NOT_JUDGED = {"judged": 0, "negative": 0}
WHOSE = ("own", "other", "missing")
KINDS = (
    *("conversation", "contact", "message", "ours", "reply", "channel", "quarantined", "topic"),
    *("policy", "hours", "rule", "notification", "pager", "escalation", "team", "view"),
    "change",
    "monitor",
    "storm",
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
def world(company: Company, receive: Callable[..., Conversation]) -> World:
    made = World(company)
    ours = receive(f"{WORD} ours", by="amara")
    theirs = _for_the_other_team(company, receive(f"{WORD} {CANARY} theirs", by="zora"))
    pairs = {"own": (ours, company.mika), "other": (theirs, company.bea)}
    for (conversation, author), tag in zip(pairs.values(), (WORD, CANARY), strict=True):
        add_tag(conversation, tag, by=author)
    made.objects = {kind: {"missing": MISSING} for kind in KINDS}
    raw = Quarantined.objects.create(
        channel=company.channel, sha256=hashlib.sha256(b"{").digest(), raw=b"{", error="no JSON"
    )
    hours = add_hours(OPENING, by=company.lena)
    pager = Pager.objects.create(person=company.ben, name=CANARY, service="x", address=CANARY)
    rule = _a_rule_that_ran(company, ours, theirs)
    shared = {
        "channel": company.channel.pk,
        "quarantined": raw.pk,
        "topic": company.baggage.pk,
        "policy": SLAPolicy.objects.get().pk,
        "hours": hours.pk,
        "rule": rule.pk,
        "monitor": _a_monitor_that_heard(company).pk,
        "pager": pager.pk,
        "team": company.service.pk,
    }
    for whose, (conversation, author) in pairs.items():
        found = shared | _objects(made, conversation, author, whose)
        for kind, pk in found.items():
            made.objects[kind][whose] = pk
    _sorted_and_corrected(company, ours, theirs)
    made.clients |= _clients(company)
    return made


def _objects(world: World, conversation: Conversation, author: User, whose: str) -> dict[str, int]:
    """What exists once for each side: by kind, the keys of its objects."""
    company = world.company
    asked = conversation.messages.get()
    answer = _answered(conversation, author, f"{CANARY} answer" if whose == "other" else "ok")
    why = f"{CANARY} reason" if whose == "other" else "They call a lawyer."
    return {
        "conversation": conversation.pk,
        "contact": conversation.contact_id,
        "message": asked.pk,
        "ours": answer.pk,
        "reply": Reply.objects.get(message=answer).pk,
        "notification": _told(company, conversation, CANARY if whose == "other" else WORD),
        "escalation": escalate(conversation, kind="threat", reason=why, by=author).pk,
        "view": _shared_view(author, conversation).pk,
        "storm": _team_s_storm(company, conversation, theirs=whose == "other"),
        "change": start(Wish(action="priority", value="low", ids=(conversation.pk,)), by=author).pk,
        **_rostered(company, whose),
    }


def _shared_view(author: User, conversation: Conversation) -> SavedView:
    """A view that a colleague shares with the conversation's team, named like everything of it."""
    name = f"{CANARY} view" if author.username == "bea" else "a view"
    by = User.objects.get(username="ben") if author.username == "mika" else author
    wish = ViewWish(name=name, view="all", shared="team", team=conversation.team)
    return add_view(wish, by=by)


def _rostered(company: Company, whose: str) -> dict[str, int]:
    """A team's plans: Mika has a shift of her own, a colleague asks for somebody to stand in."""
    ours = whose == "own"
    team, person = (company.service, company.mika) if ours else (company.billing, company.bea)
    other = company.ben if ours else company.bea
    layer = Layer.objects.create(
        team=team, name="Desk" if ours else f"{WORD} {CANARY}", position=1, zone="UTC"
    )
    day = clock.now().date() + timedelta(days=1)
    plan = {"layer": layer, "first_day": day, "start": 540, "end": 1020}
    shift = Shift.objects.create(person=person, **plan)
    theirs = Shift.objects.create(person=other, **plan)
    starts, ends = clock.now() + timedelta(days=3), clock.now() + timedelta(days=4)
    return {
        "roster": team.pk,
        "layer": layer.pk,
        "shift": shift.pk,
        "swap": Swap.objects.create(shift=theirs, day=day, asked_by=other).pk,
        "absence": Absence.objects.create(
            person=person, starts_at=starts, ends_at=ends, made_by=person
        ).pk,
        "cover": Cover.objects.create(team=team, people=1).pk,
        "handover": HandoverNote.objects.create(
            team=team, author=other, body="Late." if ours else f"{WORD} {CANARY}"
        ).pk,
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


def _told(company: Company, conversation: Conversation, text: str) -> int:
    """Everybody was told of it once; the id is of what a colleague nobody plays was told."""
    row = {"kind": "rule", "text": text, "conversation": conversation}
    for person in User.objects.exclude(pk=company.ben.pk):
        Notification.objects.create(person=person, **row)
    return Notification.objects.create(person=company.ben, **row).pk


def _sorted_and_corrected(company: Company, *conversations: Conversation) -> None:
    Triage().turn()
    for conversation in conversations:
        judgement = newest_judgement(conversation)
        assert judgement is not None
        correct(judgement, "urgency", "urgent", by=company.maren)


def _a_monitor_that_heard(company: Company) -> Monitor:
    """Hears every conversation of the world, ours and theirs."""
    wanted = Wanted(name="Everybody", kind="brand", query=WORD)
    monitor = save_monitor(None, wanted, by=company.maren)
    ear = Ear()
    ear.refresh()
    ear.hear(posts_of(list(Message.objects.values_list("pk", flat=True))))
    return monitor


def _a_storm(monitor: Monitor, conversation: Conversation, word: str) -> int:
    """A storm about that word, led by the conversation's message, in the monitor's team."""
    message = conversation.messages.filter(direction="inbound").first()
    assert message is not None
    cause = {
        "leading": [{"message": message.pk, "posts": 3, "people": 3}],
        "topics": [[word]],
        "hashtags": [f"#{word}"],
        "voices": [{"handle": message.handle_id, "posts": 3}],
        "mood": {"before": NOT_JUDGED, "now": NOT_JUDGED, "turn": ""},
    }
    moment = clock.now() - timedelta(minutes=20)
    numbers = {"posts": 4711, "usual": 12.5, "cause": cause, "cause_posts": 4711}
    return MonitorStorm.objects.create(
        monitor=monitor, raised_at=moment, told_at=moment, **numbers
    ).pk


def _team_s_storm(company: Company, conversation: Conversation, *, theirs: bool) -> int:
    """A storm of a monitor of the team that has the conversation."""
    word, team = (CANARY, company.billing) if theirs else (WORD, company.service)
    wanted = Wanted(f"Storms of {team.name}", "brand", WORD, team=team)
    return _a_storm(save_monitor(None, wanted, by=company.maren), conversation, word)


def _a_rule_that_ran(company: Company, *conversations: Conversation) -> Rule:
    tag = Part("add_tag", {"tag": "seen"})
    spec = Spec(name="Seen", when=("message",), actions=(tag,))
    rule = save_rule(None, spec, try_out(spec, by=company.maren).proof, by=company.maren)
    version = rule.versions.get()
    for conversation in conversations:
        RuleRun.objects.create(
            rule=rule,
            version=version,
            conversation=conversation,
            trigger="message",
            outcome="matched",
            seconds=0.001,
        )
    return rule


def _for_the_other_team(company: Company, conversation: Conversation) -> Conversation:
    write_note(conversation, body=f"{WORD} {CANARY} note", client_key=uuid4(), by=company.maren)
    Contact.objects.filter(pk=conversation.contact_id).update(name=f"{WORD} {CANARY}")
    Handle.objects.filter(contact=conversation.contact_id).update(display_name=f"{WORD} {CANARY}")
    return move(conversation, to=company.billing, by=company.maren)


def _answered(conversation: Conversation, author: User, body: str) -> Message:
    asked = conversation.messages.get()
    answer = Message.objects.create(
        conversation=conversation,
        channel=conversation.channel,
        external_id=f"answer-{conversation.pk}",
        direction="outbound",
        author=author,
        body=body,
        sent_at=clock.now(),
    )
    moment = clock.now() - timedelta(minutes=1)
    Reply.objects.create(
        conversation=conversation,
        channel=conversation.channel,
        author=author,
        client_key=uuid4(),
        turn=asked,
        target=asked,
        answers_id=asked.pk,
        body=body,
        body_sha256=hashlib.sha256(body.encode()).hexdigest(),
        key=f"key-{conversation.pk}",
        state=ReplyState.SENT,
        hold_until=moment,
        next_attempt_at=moment,
        message=answer,
    )
    return answer


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
