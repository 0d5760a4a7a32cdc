"""The demo company: Meridian, an invented maker of bicycles that sells and repairs them itself.

Plain data; whoever sets up the demo stores it. All names are invented.
"""

from __future__ import annotations

from dataclasses import dataclass

DOMAIN = "meridian.example"


@dataclass(frozen=True, slots=True)
class DemoBrand:
    """The brand and its account on the loopback network."""

    name: str
    slug: str
    handle: str
    listen_for: tuple[str, ...]
    description: str


@dataclass(frozen=True, slots=True)
class DemoTeam:
    """A department."""

    slug: str
    name: str
    description: str


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Somebody at the company. `role` is agent, lead, manager, executive or viewer."""

    username: str
    display_name: str
    role: str
    teams: tuple[str, ...] = ()

    @property
    def first_name(self) -> str:
        """What colleagues and customers call them."""
        return self.display_name.split()[0]

    @property
    def initials(self) -> str:
        """First letters, for a face."""
        return "".join(part[0] for part in self.display_name.split())

    @property
    def signature(self) -> str:
        """How their answers end."""
        return f"/{self.first_name}"

    @property
    def email(self) -> str:
        """An address that leads nowhere."""
        return f"{self.username}@{DOMAIN}"


@dataclass(frozen=True, slots=True)
class DemoTopic:
    """What customers write about, and the team it goes to."""

    slug: str
    name: str
    team: str


BRAND = DemoBrand(
    name="Meridian",
    slug="meridian",
    handle=DOMAIN,
    listen_for=("#meridianbikes",),
    description="Bicycles and e-bikes, sold online, repaired in our own workshops.",
)

TEAMS = (
    DemoTeam("service", "Service", "Delivery, returns, workshop dates"),
    DemoTeam("billing", "Billing", "Invoices, refunds, monthly plans"),
    DemoTeam("technical", "Technical", "Batteries, the app, everything that squeaks"),
    DemoTeam("communication", "Communication", "Press, schools, jobs, and thanks"),
    DemoTeam("product", "Product", "Ideas, and advice before buying"),
)

PASSWORD = "open sesame"  # noqa: S105 - the brand's, at an invented network on this machine
VISITOR = "mika"  # whom a visitor of the demo is signed in as

PEOPLE = (
    DemoPerson("mika", "Mika Jansen", "agent", ("service", "technical")),
    DemoPerson("ben", "Ben Carver", "agent", ("service",)),
    DemoPerson("aylin", "Aylin Demir", "agent", ("service",)),
    DemoPerson("bea", "Bea Lindholm", "agent", ("billing",)),
    DemoPerson("hugo", "Hugo Martel", "agent", ("billing",)),
    DemoPerson("tariq", "Tariq Aziz", "agent", ("technical",)),
    DemoPerson("sofie", "Sofie Baert", "agent", ("technical",)),
    DemoPerson("ines", "Ines Duarte", "agent", ("communication",)),
    DemoPerson("jules", "Jules Okonjo", "agent", ("communication", "product")),
    DemoPerson("nils", "Nils Ekberg", "agent", ("product",)),
    DemoPerson("lena", "Lena Hofmann", "lead", ("service",)),
    DemoPerson("olga", "Olga Nowak", "lead", ("billing",)),
    DemoPerson("greta", "Greta Pike", "lead", ("technical",)),
    DemoPerson("clara", "Clara Voss", "lead", ("communication",)),
    DemoPerson("rosa", "Rosa Vidal", "lead", ("product",)),
    DemoPerson("maren", "Maren Holt", "manager", tuple(team.slug for team in TEAMS)),
    DemoPerson("elif", "Elif Arslan", "executive"),
    DemoPerson("vic", "Vic Sommer", "viewer", ("service",)),
)

TOPICS = (
    DemoTopic("delivery", "Delivery", "service"),
    DemoTopic("damage", "Damaged or missing", "service"),
    DemoTopic("returns", "Returns and swaps", "service"),
    DemoTopic("workshop", "Workshop", "service"),
    DemoTopic("invoice", "Invoice", "billing"),
    DemoTopic("refund", "Refund", "billing"),
    DemoTopic("plan", "Monthly plan", "billing"),
    DemoTopic("battery", "Battery and charging", "technical"),
    DemoTopic("app", "App and lock", "technical"),
    DemoTopic("ride", "Brakes, gears, noises", "technical"),
    DemoTopic("company", "Press, schools, jobs", "communication"),
    DemoTopic("praise", "Praise", "communication"),
    DemoTopic("idea", "Idea", "product"),
    DemoTopic("advice", "Advice before buying", "product"),
)

CLOSE_REASONS = (  # values of `conversations.CloseReason`
    "thanks",
    "duplicate",
    "elsewhere",
    "not_us",
)


def team_of(topic: str) -> str:
    """The slug of the team a topic goes to. Raises StopIteration for an unknown topic."""
    return next(each.team for each in TOPICS if each.slug == topic)


def agents_of(team: str) -> tuple[DemoPerson, ...]:
    """The agents of a team."""
    return tuple(who for who in PEOPLE if who.role == "agent" and team in who.teams)
