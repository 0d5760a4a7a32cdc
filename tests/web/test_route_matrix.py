"""All routes x all roles x {own, other team's, missing} objects, as page and as fragment."""

from __future__ import annotations

import hashlib
import itertools
import sys
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
from django.urls import URLPattern, URLResolver, get_resolver, reverse

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
from tests.web.matrix import ACCOUNT, ALL, FILES, ROLES, ROUTES, SEES_ALL, WORD, Route

CANARY = "kestrel-4711"  # stands in everything of the other team
MISSING = 987_654_321
WHOSE = ("own", "other", "missing")
KINDS = (
    *("conversation", "contact", "message", "ours", "reply", "channel", "quarantined", "topic"),
    *("policy", "hours", "rule", "notification", "pager", "escalation", "team", "view"),
    "change",
    *("roster", "layer", "shift", "swap", "absence", "cover", "handover"),
)

OPENING = Opening(name="Shop", zone="Europe/Paris", week=[[(540, 1020)]] * 7)


def routes(found: URLResolver | None = None, space: str = "") -> Iterator[str]:
    """The names of all routes; a route without a name is named by its pattern."""
    for pattern in (found or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from routes(pattern, inner)
        elif isinstance(pattern, URLPattern):
            yield f"{space}{pattern.name or pattern.pattern}"


def test_every_route_is_in_the_matrix_and_every_line_of_it_is_a_route() -> None:
    assert sorted(routes()) == sorted([*ROUTES, *ACCOUNT])


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
    for whose, (conversation, author) in pairs.items():
        asked = conversation.messages.get()
        answer = _answered(conversation, author, f"{CANARY} answer" if whose == "other" else "ok")
        why = f"{CANARY} reason" if whose == "other" else "They call a lawyer."
        found = {
            "conversation": conversation.pk,
            "contact": conversation.contact_id,
            "message": asked.pk,
            "ours": answer.pk,
            "reply": Reply.objects.get(message=answer).pk,
            "channel": company.channel.pk,
            "quarantined": raw.pk,
            "topic": company.baggage.pk,
            "policy": SLAPolicy.objects.get().pk,
            "hours": hours.pk,
            "rule": rule.pk,
            "notification": _told(company, conversation, CANARY if whose == "other" else WORD),
            "pager": pager.pk,
            "escalation": escalate(conversation, kind="threat", reason=why, by=author).pk,
            "team": company.service.pk,
            "view": _shared_view(author, conversation).pk,
            "change": start(
                Wish(action="priority", value="low", ids=(conversation.pk,)), by=author
            ).pk,
            **_rostered(company, whose),
        }
        for kind, pk in found.items():
            made.objects[kind][whose] = pk
    _sorted_and_corrected(company, ours, theirs)
    made.clients |= _clients(company)
    return made


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


def test_every_role_gets_what_the_matrix_says_and_never_another_team_s_words(
    world: World,
) -> None:
    tried, surprises, leaks = 0, [], []
    for (name, route), role, fragment in itertools.product(ROUTES.items(), ROLES, (False, True)):
        for whose in WHOSE if route.on else ("other",):
            answer = _asked(world, name, route, role, whose, fragment)
            tried += 1
            # An address without an object has nothing that could be foreign or missing.
            met = whose if route.on else "own"
            expected = route.expected(role, met, fragment=fragment)
            line = f"{name} {role} {whose}{' fragment' if fragment else ''}"
            if answer.status_code != expected:
                surprises.append(f"{line}: {answer.status_code} instead of {expected}")
            if role not in SEES_ALL and CANARY in body(answer):
                leaks.append(line)
    sys.stdout.write(
        f"\nroute matrix: {len(ROUTES)} routes, {tried} requests, "
        f"{len(surprises)} surprises, {len(leaks)} leaks\n"
    )
    assert not surprises, "\n".join(surprises)
    assert not leaks, "\n".join(leaks)
    assert tried > 1000


def _asked(
    world: World, name: str, route: Route, role: str, whose: str, fragment: bool
) -> HttpResponse:
    data = {key: text.format(**world.values(whose)) for key, text in route.data.items()}
    address = world.address(name, route.on, whose)
    headers = {"HX-Request": "true"} if fragment else {}
    return ask(world, role, route.method, address, data=data, headers=headers)


def test_the_canary_is_there_for_who_may_see_it(world: World) -> None:
    seen = [
        name
        for name in (
            "desk:inbox",
            "desk:rows",
            "desk:palette",
            "desk:search",
            "desk:contacts",
            "desk:notifications",
            "manage:triage",
            "desk:escalations",
        )
        if CANARY in body(_asked(world, name, ROUTES[name], "manager", "other", False))
    ]
    seen += [
        name
        for name in ("desk:conversation", "desk:messages", "desk:contact")
        if CANARY in body(_asked(world, name, ROUTES[name], "executive", "other", False))
    ]
    assert len(seen) == 11, seen


def test_the_wrong_method_is_refused_on_every_route(world: World) -> None:
    tried, wrong = 0, []
    for name, route in ROUTES.items():
        role = "manager"
        address = world.address(name, route.on, "own")
        others = ("POST", "PUT", "DELETE") if route.method == "GET" else ("GET", "PUT", "DELETE")
        for method in others:
            answer = ask(world, role, method, address)
            tried += 1
            if answer.status_code != 405:
                wrong.append(f"{method} {name}: {answer.status_code}")
    sys.stdout.write(f"\nroute matrix: {tried} wrong methods, {len(wrong)} let in\n")
    assert not wrong, "\n".join(wrong)


def test_no_form_is_taken_without_its_secret(world: World) -> None:
    tried, let_in = 0, []
    for name, route in ROUTES.items():
        if route.method != "POST":
            continue
        client = Client(enforce_csrf_checks=True)
        client.cookies = world.clients["manager"].cookies
        with undone():
            answer = client.post(world.address(name, route.on, "own"), dict(route.data))
        tried += 1
        if answer.status_code != 403:
            let_in.append(f"{name}: {answer.status_code}")
    sys.stdout.write(f"\nroute matrix: {tried} forms without their secret, {len(let_in)} let in\n")
    assert not let_in


def test_account_pages_and_files_answer_as_written(world: World) -> None:
    tried, surprises = 0, []
    for (name, line), role in itertools.product(ACCOUNT.items(), ROLES):
        method, args, visitor, person = line
        answer = ask(world, role, method, reverse(name, kwargs=args))
        expected = visitor if role == "anonymous" else person
        tried += 1
        if answer.status_code != expected or CANARY in body(answer):
            surprises.append(f"{name} {role}: {answer.status_code} instead of {expected}")
    for (address, expected), role in itertools.product(FILES.items(), sorted(ALL)):
        answer = ask(world, role, "GET", address)
        tried += 1
        if answer.status_code != expected or "HARKEN_SECRET_KEY" in body(answer):
            surprises.append(f"{address} {role}: {answer.status_code} instead of {expected}")
    sys.stdout.write(
        f"\nroute matrix: {tried} account pages and files, {len(surprises)} surprises\n"
    )
    assert not surprises, "\n".join(surprises)


def test_every_answer_carries_the_policy(world: World) -> None:
    bare = []
    for name, route in ROUTES.items():
        answer = _asked(world, name, route, "manager", "own", False)
        policy = answer.headers.get("Content-Security-Policy", "")
        if "default-src 'none'" not in policy or "unsafe" in policy:
            bare.append(f"{name}: {policy!r}")
    assert not bare, "\n".join(bare)
