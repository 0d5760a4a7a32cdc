"""The company of a simulated day: the demo's brand, teams and topics, and agents of its own."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.hashers import make_password
from django.db import transaction

from harken.config.demo.company import BRAND, DOMAIN, TEAMS, TOPICS
from harken.config.demo.company import PASSWORD as NETWORK_PASSWORD
from harken.config.simulate.plan import Options
from harken.domain.channels.credentials import store_login
from harken.domain.channels.models import Channel
from harken.domain.conversations.models import Topic
from harken.domain.people.models import Brand, Membership, Role, Team, User
from harken.domain.sla.models import SLAPolicy

FIRST = (
    *("Amara", "Bram", "Chloe", "Dario", "Esme", "Farid", "Gwen", "Hassan", "Iris", "Jonas"),
    *("Kadir", "Lotte", "Milan", "Noor", "Otto", "Pia", "Quinn", "Rosa", "Sami", "Tess"),
    *("Umar", "Vera", "Wim", "Xenia", "Yara", "Zeno", "Alba", "Bas", "Cleo", "Dirk"),
)
LAST = ("Abbas", "Brandt", "Costa", "Dekker", "Eriksen", "Fontaine", "Green", "Hakim", "Jacobs")

SMALL_CREW = 16


@dataclass(frozen=True, slots=True)
class Login:
    """Somebody who works today, and how they sign in."""

    username: str
    name: str
    password: str


def found_company(options: Options, account: str, service: str, password: str) -> list[Login]:
    """Store the company; its agents, who all sign in with `password`.

    `account` and `service`: the brand's account at the network, and where that answers.
    """
    logins = [_login(number, password) for number in range(options.agents)]
    with transaction.atomic():
        brand = Brand.objects.create(name=BRAND.name, slug=BRAND.slug)
        teams = [Team.objects.create(brand=brand, name=e.name, slug=e.slug) for e in TEAMS]
        by_slug = {team.slug: team for team in teams}
        for topic in TOPICS:
            Topic.objects.create(name=topic.name, slug=topic.slug, team=by_slug[topic.team])
        _people(logins, teams)
        channel = Channel.objects.create(
            brand=brand,
            team=by_slug["service"],
            network="loopback",
            external_id=account,
            handle=BRAND.handle,
            display_name=BRAND.name,
            service=service,
            listen_for=list(BRAND.listen_for),
            undo_seconds=options.undo_seconds,
        )
        store_login(channel.pk, {"password": NETWORK_PASSWORD})
        SLAPolicy.objects.update(first_response=options.target, next_response=options.target)
    return logins


def _login(number: int, password: str) -> Login:
    first = FIRST[number % len(FIRST)]
    last = LAST[(number + number // len(FIRST)) % len(LAST)]
    return Login(f"agent{number + 1:02d}", f"{first} {last}", password)


def _people(logins: list[Login], teams: list[Team]) -> None:
    """Agents and a manager who reads the report. A small crew answers for everything.

    In a larger one each is in Service and in two other teams, in every shift all of them.
    """
    # One hash for all of them: a proper one takes half a second.
    hashed = make_password(logins[0].password)
    others = teams[1:]
    for number, login in enumerate(logins):
        user = _person(login.username, login.name, Role.AGENT, hashed)
        place = number // 4  # the shifts take turns by the number as well
        theirs = {teams[0], others[place % len(others)], others[(place + 1) % len(others)]}
        if len(logins) < SMALL_CREW:
            theirs = set(teams)
        Membership.objects.bulk_create(Membership(user=user, team=team) for team in theirs)
    _person("manager", "Maren Holt", Role.MANAGER, make_password(None))


def _person(username: str, name: str, role: Role, hashed: str) -> User:
    first, _, last = name.partition(" ")
    return User.objects.create(
        username=username,
        email=f"{username}@{DOMAIN}",
        password=hashed,
        role=role,
        display_name=name,
        initials=first[0] + last[:1],
        signature=f"/{first}",
    )
