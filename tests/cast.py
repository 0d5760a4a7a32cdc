"""The cast of the tests: an invented company, its people, and posts that reach it."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest

from harken.domain.channels.models import Channel
from harken.domain.conversations.models import Conversation, Topic
from harken.domain.people.models import Brand, Membership, Role, Team, User
from harken.domain.sla.models import SLAPolicy
from harken.kit import clock
from harken.kit.connector import Author, InboundPost, Why

_numbers = itertools.count(1)


@dataclass
class Company:
    """One brand with two teams and somebody in every role."""

    brand: Brand
    service: Team
    billing: Team
    mika: User  # agent in service
    ben: User  # agent in service
    bea: User  # agent in billing
    lena: User  # lead of service
    maren: User  # manager
    elif_: User  # executive
    vic: User  # viewer in service
    channel: Channel
    baggage: Topic  # routes to service
    invoice: Topic  # routes to billing


def person(name: str, role: Role, *teams: Team) -> User:
    """A user with that role in these teams; the password is `secret-<name>`."""
    user = User.objects.create_user(
        username=name.lower(),
        email=f"{name.lower()}@meridian.example",
        password=f"secret-{name.lower()}",
        role=role,
        display_name=name,
        initials=name[:2].upper(),
        signature=f"/{name}",
    )
    for team in teams:
        Membership.objects.create(user=user, team=team)
    return user


def make_company() -> Company:
    """The company, stored."""
    brand = Brand.objects.create(name="Meridian", slug="meridian")
    # The migrations make it, and a test that empties the tables takes it away.
    SLAPolicy.objects.get_or_create(
        name="Within a minute", defaults={"position": 1, "first_response": 60, "next_response": 60}
    )
    service = Team.objects.create(brand=brand, name="Service", slug="service")
    billing = Team.objects.create(brand=brand, name="Billing", slug="billing")
    return Company(
        brand=brand,
        service=service,
        billing=billing,
        mika=person("Mika", Role.AGENT, service),
        ben=person("Ben", Role.AGENT, service),
        bea=person("Bea", Role.AGENT, billing),
        lena=person("Lena", Role.LEAD, service),
        maren=person("Maren", Role.MANAGER),
        elif_=person("Elif", Role.EXECUTIVE),
        vic=person("Vic", Role.VIEWER, service),
        channel=Channel.objects.create(
            brand=brand,
            team=service,
            network="loopback",
            external_id="acct-meridian",
            handle="meridian.example",
            service="http://127.0.0.1:9",
        ),
        baggage=Topic.objects.create(name="Baggage", slug="baggage", team=service),
        invoice=Topic.objects.create(name="Invoice", slug="invoice", team=billing),
    )


@pytest.fixture
def company(db: None) -> Company:
    """The company of this test."""
    return make_company()


def post(text: str = "Where is my parcel?", *, by: str = "amara", **more: object) -> InboundPost:
    """A public post as a connector hands it over, sent a moment ago."""
    number = next(_numbers)
    values: dict[str, object] = {
        "external_id": f"post-{number}",
        "author": Author(f"acct-{by}", f"{by}.example", f"{by.title()} Okafor"),
        "text": text,
        "sent_at": clock.now() - timedelta(seconds=5) + timedelta(microseconds=number),
        "why": Why.MENTION,
        "lang": "en",
        "url": f"https://network.example/{number}",
        "version": "1",
        "native": {"cid": f"cid-{number}"},
    }
    values |= more
    values.setdefault("root_id", values["external_id"])
    return InboundPost(**values)  # type: ignore[arg-type]


@pytest.fixture
def receive(company: Company) -> Callable[..., Conversation]:
    """Let one post reach the company's channel; returns the conversation it is in."""
    from harken.domain.conversations.services.receive import receive_posts

    def arrive(text: str = "Where is my parcel?", **more: object) -> Conversation:
        arrived = post(text, **more)  # type: ignore[arg-type]
        receive_posts(company.channel, [arrived])
        return Conversation.objects.get(
            channel=company.channel,
            thread_key=arrived.root_id,
            handle__external_id=arrived.author.external_id,
        )

    return arrive
