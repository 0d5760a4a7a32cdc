"""The demo company's one storm: an update made batteries drop; and the past the monitors heard."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta

from harken.config.demo.company import agents_of, team_of
from harken.config.demo.history import PastConversation, PastMessage
from harken.config.demo.scene import Cast
from harken.domain.conversations.models import Direction, Message
from harken.domain.listening.services.hear import Ear
from harken.domain.listening.services.watch import REMEMBERED
from harken.domain.listening.stored import posts_of
from harken.kit import clock

TOPIC = "battery"
PEOPLE = 44
LASTS = timedelta(minutes=75)
BEFORE = timedelta(hours=20)  # it began so long before the demo
AT_ONCE = 500  # messages
SAYS = (
    "Since the update my battery drops from 80 % to zero within minutes. Half of the way home on "
    "foot. #meridian",
    "Since the update the motor and its battery are done on every hill. Anybody else? #meridian",
    "The new update eats my bike: battery fails at 60 %, no warning. @meridian.example",
    "@meridian.example what did that update do? My battery drops while it stands in the hall.",
    "Do not install the update. The motor fails, then the battery drops to 5 %. My old "
    "Northwheel never did that. #meridian",
    "Third one in our street with it: after the update the battery fails. #meridian",
)
ANSWER = (
    "Hi {name}, that is the update of this morning, and it is our fault: it reads the battery "
    "wrongly. Keep the bike at home; a mended one is out at 18:00 and comes by itself. {sign}"
)


def storm_conversations(seed: int, until: datetime) -> Iterator[PastConversation]:
    """The storm before `until`, oldest first, all of it answered and closed since."""
    dice = random.Random(seed)  # noqa: S311 - an invented past, not a secret
    cast, people = Cast(dice), agents_of(team_of(TOPIC))
    shares = sorted(dice.betavariate(1.6, 2.4) for _ in range(PEOPLE))
    for number, share in enumerate(shares):
        moment, customer = until - BEFORE + LASTS * share, cast.anyone("en")
        asked = PastMessage(f"s{seed}-{number:03d}-0", dice.choice(SAYS), moment)
        agent = dice.choice(people)
        answered = moment + timedelta(seconds=dice.uniform(20, 58))
        text = ANSWER.format(name=customer.first_name, sign=agent.signature)
        answer = PastMessage(
            f"s{seed}-{number:03d}-1", text, answered, asked.external_id, agent.username
        )
        yield PastConversation(
            root_id=asked.external_id,
            lang="en",
            topic=TOPIC,
            team=team_of(TOPIC),
            why="mention" if "@" in asked.text else "search",
            customer=customer,
            messages=(asked, answer),
            assignee=agent.username,
            closed_at=answered,
        )


def hear_the_past() -> None:
    """Let the monitors hear what was said while a watch looks back, so that it knows the usual."""
    since = clock.now() - REMEMBERED
    ear = Ear()
    ear.refresh()
    told = Message.objects.filter(direction=Direction.INBOUND, sent_at__gte=since)
    ids = list(told.order_by("pk").values_list("pk", flat=True))
    for first in range(0, len(ids), AT_ONCE):
        ear.hear(posts_of(ids[first : first + AT_ONCE]))
