"""What people of the demo sorted by hand: tags, priorities, marks and the views they keep."""

from __future__ import annotations

import random
from collections.abc import Sequence

from harken.domain.contacts.services import set_mark
from harken.domain.conversations.models import Conversation, State
from harken.domain.conversations.services.priority import set_priority
from harken.domain.conversations.services.tags import add_tag
from harken.domain.conversations.services.views import Wish, add_view
from harken.domain.people.models import Team, User

SEED = 11
SORTED = 60  # conversations, the newest
TAGS = (
    "refund",
    "refund",
    "refund",
    "spare-part",
    "wrong-size",
    "winter",
    "photo-asked",
    "call-back",
    "fleet",
)
PRIORITIES = ("high", "high", "urgent", "low")
MARKS = ("vip", "press", "influencer", "partner", "vulnerable", "difficult")


def sort_by_hand() -> None:
    """Tag and mark some of the newest conversations, and keep a few views."""
    people = list(User.objects.order_by("pk"))
    agents = [person for person in people if person.role == "agent"]
    newest = Conversation.objects.filter(state=State.OPEN).order_by("-last_message_at")
    chance = random.Random(SEED)  # noqa: S311 - the same demo every time, nothing secret
    for conversation in newest.select_related("contact")[:SORTED]:
        _sort(conversation, agents, chance)
    _views(agents, next(person for person in people if person.can_manage))


def _sort(conversation: Conversation, agents: Sequence[User], chance: random.Random) -> None:
    by = chance.choice(agents)
    if chance.random() < 0.6:
        for tag in chance.sample(TAGS, chance.choice((1, 1, 2))):
            add_tag(conversation, tag, by=by)
    if chance.random() < 0.35:
        set_priority(conversation, chance.choice(PRIORITIES), by=by)
    if chance.random() < 0.3:
        set_mark(conversation.contact, chance.choice(MARKS), by=by)


def _views(agents: Sequence[User], lead: User) -> None:
    first = agents[0]
    add_view(Wish(name="Mine, high", view="mine&priority=high&priority=urgent"), by=first)
    team = Team.objects.filter(members=first).order_by("pk").first()
    if team is not None:
        refunds = Wish(name="Refunds", view="all&tag=refund", shared="team", team=team, icon="hash")
        add_view(refunds, by=first)
    marked = Wish(name="Press and VIP", view="hot&mark=press&mark=vip", shared="all", icon="flag")
    add_view(marked, by=lead)
