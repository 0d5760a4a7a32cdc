"""The demo company's past: some thousands of conversations of the last sixty days.

The same seed, count and moment give the same past.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from harken.config.demo.company import BRAND, CLOSE_REASONS, TOPICS, team_of
from harken.config.demo.phrasebook import (
    LANGUAGES,
    Announcement,
    Exchange,
    fill,
    phrases,
    values_for,
)
from harken.config.demo.scene import Cast, Customer, Scene, draw, scene_of
from harken.connectors.loopback.wire import NewPost, Person

DAYS = 60
OPEN_COUNT = 25  # still waiting, from the last hour
COMMENT_SHARE = 0.03  # conversations that begin under a post of the brand
# Posts per hour of the day, UTC: quiet nights, a morning peak, another after dinner.
HOURS = (2, 1, 1, 1, 1, 3, 7, 14, 20, 22, 20, 18, 19, 17, 16, 16, 17, 18, 19, 20, 17, 12, 8, 4)
WEEKEND = 0.6
OPENS_AT = 6  # UTC hour at which the team starts


@dataclass(frozen=True, slots=True)
class PastMessage:
    """One post. `agent` is the username of the one of us who wrote it, None for a customer.

    `parent_id` is the post it answers; `sent_at` is UTC.
    """

    external_id: str
    text: str
    sent_at: datetime
    parent_id: str | None = None
    agent: str | None = None


@dataclass(frozen=True, slots=True)
class PastConversation:
    """A conversation of the past, its messages in order.

    `why`: mention, search (a hashtag only) or reply (a comment on `announcement`, the brand's
    own post). `assignee` is a username. An open one has no `closed_at`; a closed one without any
    answer has a `close_reason`.
    """

    root_id: str
    lang: str
    topic: str
    team: str
    why: str
    customer: Customer
    messages: tuple[PastMessage, ...]
    assignee: str | None = None
    closed_at: datetime | None = None
    close_reason: str | None = None
    announcement: PastMessage | None = None

    @property
    def is_open(self) -> bool:
        """Is somebody still to deal with it?"""
        return self.closed_at is None


@dataclass(frozen=True, slots=True)
class _Posted:
    """An announcement as it was made."""

    post: PastMessage
    lang: str
    values: dict[str, str]
    comments: Announcement


def past_conversations(seed: int, count: int, until: datetime) -> Iterator[PastConversation]:
    """`count` conversations before `until`, oldest first; the last 25 are still open."""
    dice = random.Random(seed)  # noqa: S311 - an invented past, not a secret
    cast = Cast(dice)
    posted = _announcements(dice, seed, until)
    open_count = min(OPEN_COUNT, count // 2)
    moments = sorted(_moment(dice, until) for _ in range(count - open_count))
    waits = sorted((_wait_so_far(dice) for _ in range(open_count)), reverse=True)
    for number, moment in enumerate(moments):
        yield _Writer(dice, f"h{seed}-{number:05d}", moment).closed(
            *_scene(dice, cast, posted, moment)
        )
    for number, wait in enumerate(waits, start=len(moments)):
        moment = until - timedelta(seconds=wait)
        writer = _Writer(dice, f"h{seed}-{number:05d}", moment)
        # In turn, so that every team and language has somebody waiting.
        lang = LANGUAGES[number % len(LANGUAGES)]
        topic = TOPICS[number % len(TOPICS)].slug
        yield writer.open(draw(dice, cast, lang, topic), until)


def posts_of(conversation: PastConversation) -> Iterator[tuple[Person, NewPost]]:
    """The conversation as posts to be written to the loopback network, in order.

    With it in place an agent can answer an open conversation of the past, and the network's page
    shows the closed ones. The announcement comes first; writing it again changes nothing.
    """
    customer = conversation.customer
    them = Person(customer.handle, customer.name, customer.followers)
    us = Person(BRAND.handle, BRAND.name)
    for message in (conversation.announcement, *conversation.messages):
        if message is None:
            continue
        ours = message.agent is not None or message is conversation.announcement
        post = NewPost(
            message.text,
            reply_to=message.parent_id,
            lang=conversation.lang,
            id=message.external_id,
            at=message.sent_at,
        )
        yield (us if ours else them), post


class _Writer:
    """Writes one conversation down, message by message, as time goes by."""

    def __init__(self, dice: random.Random, root_id: str, moment: datetime) -> None:
        self._dice = dice
        self._root_id = root_id
        self._now = moment
        self._messages: list[PastMessage] = []

    def closed(self, scene: Scene, under: PastMessage | None) -> PastConversation:
        """A conversation that came to an end."""
        dice = self._dice
        self._say(scene.opening, under)
        if (scene.topic in {"praise", "idea"} and dice.random() < 0.3) or dice.random() < 0.03:
            self._wait(60, 900)
            return self._end(scene, under, reason=dice.choice(CLOSE_REASONS))
        self._wait_for_answer()
        if scene.is_case and dice.random() < 0.06:
            self._say(scene.impatient(dice))
            self._wait(15, 90)
        self._say(scene.answer, agent=scene.agent.username)
        self._go_on(scene)
        self._wait(20, 600)
        return self._end(scene, under)

    def open(self, scene: Scene, until: datetime) -> PastConversation:
        """A conversation in which the customer waits at `until`."""
        dice = self._dice
        waiting = until - self._now
        self._say(scene.opening)
        kind = dice.random()
        follow_up = scene.follow_up(dice)
        if follow_up is not None and kind < 0.3 and waiting > timedelta(minutes=6):
            self._wait(25, 110)
            self._say(scene.answer, agent=scene.agent.username)
            self._wait(60, 200)
            self._say(follow_up.ask)
        elif scene.is_case and kind < 0.5 and waiting > timedelta(minutes=4):
            self._wait(80, 200)
            self._say(scene.impatient(dice))
        answered = any(message.agent for message in self._messages)
        taken = answered or dice.random() < 0.25
        return self._written(scene, None, assignee=scene.agent.username if taken else None)

    def _go_on(self, scene: Scene) -> None:
        dice = self._dice
        then = dice.random()
        follow_up = scene.follow_up(dice)
        if then < 0.25 and follow_up is not None:
            self._exchange(follow_up, scene)
        elif then < 0.29 and scene.is_case:
            self._exchange(scene.angry(dice), scene)
        if dice.random() < 0.45:
            self._wait(20, 400)
            self._say(scene.thanks(dice))
            if dice.random() < 0.3:
                self._wait(10, 60)
                self._say(scene.welcome(dice), agent=scene.agent.username)

    def _exchange(self, exchange: Exchange, scene: Scene) -> None:
        self._wait(25, 300)
        self._say(exchange.ask)
        self._wait_for_answer()
        self._say(exchange.answer, agent=scene.agent.username)

    def _wait_for_answer(self) -> None:
        at_night = self._now.hour < OPENS_AT
        if at_night and self._dice.random() < 0.5:  # nobody on call: the first thing in the morning
            self._now = self._now.replace(hour=OPENS_AT, minute=0, second=0)
            self._wait(60, 2400)
        elif self._dice.random() < 0.85:
            self._now += timedelta(seconds=min(120, 14 + self._dice.lognormvariate(3.2, 0.6)))
        else:
            self._wait(120, 1500)

    def _wait(self, least: float, most: float) -> None:
        self._now += timedelta(seconds=round(self._dice.uniform(least, most), 3))

    def _say(self, text: str, under: PastMessage | None = None, agent: str | None = None) -> None:
        above = self._messages[-1] if self._messages else under
        identifier = f"{self._root_id}-{len(self._messages)}"
        parent = above.external_id if above else None
        self._messages.append(PastMessage(identifier, text, self._now, parent, agent))

    def _end(
        self, scene: Scene, under: PastMessage | None, reason: str | None = None
    ) -> PastConversation:
        assignee = scene.agent.username
        return self._written(
            scene, under, assignee=assignee, closed_at=self._now, close_reason=reason
        )

    def _written(
        self,
        scene: Scene,
        under: PastMessage | None,
        *,
        assignee: str | None,
        closed_at: datetime | None = None,
        close_reason: str | None = None,
    ) -> PastConversation:
        return PastConversation(
            root_id=under.external_id if under else self._messages[0].external_id,
            lang=scene.lang,
            topic=scene.topic,
            team=team_of(scene.topic),
            why="reply" if under else ("search" if scene.tagged else "mention"),
            customer=scene.customer,
            messages=tuple(self._messages),
            assignee=assignee,
            closed_at=closed_at,
            close_reason=close_reason,
            announcement=under,
        )


def _scene(
    dice: random.Random, cast: Cast, posted: Iterable[_Posted], moment: datetime
) -> tuple[Scene, PastMessage | None]:
    fresh = [
        each
        for each in posted
        if each.post.sent_at < moment < each.post.sent_at + timedelta(days=4)
    ]
    if not fresh or dice.random() > COMMENT_SHARE:
        return draw(dice, cast), None
    under = dice.choice(fresh)
    comment = dice.choice(under.comments.comments)
    return scene_of(dice, cast, under.lang, comment, _shared(under.values)), under.post


def _wait_so_far(dice: random.Random) -> float:
    """Seconds an open customer waits: most are still in time, a few were forgotten."""
    return dice.uniform(2, 50) if dice.random() < 0.6 else dice.uniform(70, 1500)


def _shared(values: dict[str, str]) -> dict[str, str]:
    # A comment speaks of the same bike and place as the post above it; the rest is its own.
    return {slot: values[slot] for slot in ("product", "place", "colour")}


def _announcements(dice: random.Random, seed: int, until: datetime) -> list[_Posted]:
    posted = []
    for number in range(DAYS // 3):
        lang = LANGUAGES[number % len(LANGUAGES)]
        chosen = dice.choice(phrases(lang).announcements)
        values = values_for(dice, lang)
        day = until - timedelta(days=DAYS - 3 * number)
        sent_at = day.replace(hour=9, minute=dice.randint(0, 40), second=dice.randint(0, 59))
        post = PastMessage(f"h{seed}-a{number:02d}", fill(chosen.text, values), sent_at)
        posted.append(_Posted(post, lang, values, chosen))
    return posted


def _moment(dice: random.Random, until: datetime) -> datetime:
    """A believable moment of the last sixty days, long enough ago to be finished."""
    latest = until - timedelta(hours=2)
    while True:
        day = until - timedelta(days=dice.randint(0, DAYS - 1))
        if day.weekday() >= 5 and dice.random() > WEEKEND:
            continue
        hour = dice.choices(range(24), HOURS)[0]
        moment = day.replace(hour=hour, minute=0, second=0, microsecond=0)
        moment += timedelta(seconds=round(dice.uniform(0, 3599), 3))
        if moment < latest and not (hour < OPENS_AT and latest < moment + timedelta(hours=8)):
            return moment
