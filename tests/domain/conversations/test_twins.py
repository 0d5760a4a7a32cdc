"""Un-merging is exact: a world with merges against its twin in which they never happened."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from harken.domain.channels.models import Channel
from harken.domain.conversations.models import Conversation, Message
from harken.domain.conversations.queries_case import leading
from harken.domain.conversations.services.assign import assign
from harken.domain.conversations.services.close import close
from harken.domain.conversations.services.merge import CannotMerge, merge, unmerge
from harken.domain.conversations.services.priority import set_priority
from harken.domain.conversations.services.receive import receive_posts
from harken.domain.conversations.services.tags import add_tag, remove_tag
from harken.domain.conversations.services.topics import move, set_topic
from harken.domain.people.models import User
from harken.domain.replies.services.send import AlreadyAnswered, CannotReply, send
from harken.domain.sla.models import AppliedSLA
from harken.kit import clock
from harken.kit.connector import Author, InboundPost, PostDeleted, PostEdited, Why
from tests.cast import Company

pytestmark = pytest.mark.django_db
TREES = ("a", "b", "c")
STEPS = 16  # of one sequence
#: Ids and clock readings differ between any two worlds; what they point to is compared instead.
OWN = {"id", "channel", "contact", "handle", "thread_key", "turn", "settled_id", "closed_at"}


@dataclass
class World:
    """Three trees of one customer in a channel of their own; `merges` says whether it has any."""

    company: Company
    channel: Channel
    name: str
    merges: bool
    posts: list[str] = field(default_factory=list)

    def id(self, post: str) -> str:
        return f"{self.name}-{post}"

    def say(self, post: str, tree: str, at: datetime, *, by_us: bool = False, under: str) -> None:
        author = Author(f"{self.name}-amara", "amara.example", "Amara Okafor")
        ours = Author(self.channel.external_id, self.channel.handle, "Meridian")
        said = InboundPost(
            external_id=self.id(post),
            author=ours if by_us else author,
            text=f"{post} in {tree}",
            sent_at=at,
            root_id=self.id(f"root-{tree}"),
            parent_id=self.id(under) if under else None,
            by_us=by_us,
            why=Why.OWN if by_us else Why.THREAD,
            lang="en",
            version="1",
        )
        receive_posts(self.channel, [said])

    def of(self, tree: str) -> Conversation:
        return Conversation.objects.get(channel=self.channel, thread_key=self.id(f"root-{tree}"))

    def state(self, tree: str) -> dict[str, Any]:
        """All columns of the tree's conversation, its messages, tags and clocks, without ids."""
        found = self.of(tree)
        names = [f.name for f in Conversation._meta.concrete_fields if f.name not in OWN]
        plain: dict[str, Any] = {name: getattr(found, name) for name in names}
        newest = found.messages.filter(pk__lte=found.settled_id).order_by("pk").last()
        return plain | {
            "turn": self._post(found.turn),
            "settled": self._post(newest),
            "is_closed": found.closed_at is not None,
            "tags": sorted(found.tagged.values_list("tag__name", "added_by")),
            "messages": [
                (self._post(each), each.body, each.direction, each.deleted_at, each.edited_at)
                for each in found.messages.order_by("sent_at", "pk")
            ],
            "clocks": [
                (each.metric, self._post(each.turn), each.due_at, each.started_at, each.ended_by)
                for each in AppliedSLA.objects.filter(conversation=found).order_by("pk")
            ],
            "replies": list(found.replies.order_by("pk").values_list("body", "author", "state")),
        }

    def _post(self, message: Message | None) -> str:
        return message.external_id.removeprefix(f"{self.name}-") if message else ""


@dataclass
class Twins:
    """Both worlds; every step happens in both, merges in one only. `dice` decides."""

    worlds: tuple[World, World]
    dice: random.Random
    now: datetime
    posts: list[tuple[str, str]] = field(default_factory=list)
    steps: int = 0
    compared: int = 0

    @property
    def merging(self) -> World:
        return self.worlds[0]

    def both(self, act: Callable[[World], object]) -> None:
        for world in self.worlds:
            act(world)

    def step(self) -> None:
        self.steps += 1
        self.now += timedelta(seconds=self.dice.randint(1, 20))
        kinds = (
            [self.receive] * 4
            + [self.edit, self.delete, self.answer_outside, self.answer, self.close]
            + [self.assign, self.topic, self.team, self.tag, self.priority]
            + [self.merge] * 4
            + [self.unmerge] * 2
        )
        self.dice.choice(kinds)()

    def tree(self) -> str:
        return self.dice.choice(TREES)

    def person(self) -> User:
        """Somebody who sees every team: whom a case shows itself to is another test's matter."""
        company = self.merging.company
        return self.dice.choice([company.maren, company.elif_])

    def receive(self, tree: str = "") -> None:
        tree = tree or self.tree()
        under = f"root-{tree}" if any(tree == known for _, known in self.posts) else ""
        post = f"post-{len(self.posts)}" if under else f"root-{tree}"
        self.posts.append((post, tree))
        self.both(lambda world: world.say(post, tree, self.now, under=under))

    def edit(self) -> None:
        post, _ = self.dice.choice(self.posts)
        self.both(lambda world: self._edit(world, post))

    def _edit(self, world: World, post: str) -> None:
        change = PostEdited(
            external_id=world.id(post),
            text=f"edited {self.steps}",
            edited_at=self.now,
            version=f"{self.steps + 2:04}",
        )
        receive_posts(world.channel, [change])

    def delete(self) -> None:
        post, _ = self.dice.choice(self.posts)
        gone = self.now
        self.both(lambda w: receive_posts(w.channel, [PostDeleted(w.id(post), gone)]))

    def answer_outside(self) -> None:
        post, tree = self.dice.choice(self.posts)
        name = f"ours-{self.steps}"
        self.both(lambda w: w.say(name, tree, self.now, by_us=True, under=post))

    def answer(self) -> None:
        tree, by, key = self.tree(), self.person(), self.dice.getrandbits(100)
        self.both(lambda world: self._answer(world, tree, by, key))

    def _answer(self, world: World, tree: str, by: User, key: int) -> None:
        from uuid import UUID

        try:
            own = UUID(int=key * 2 + world.merges)
            send(world.of(tree), body=f"Answer {self.steps}", client_key=own, by=by)
        except (AlreadyAnswered, CannotReply):
            pass

    def close(self) -> None:
        """Closing a case closes all of it; the twin closes the same ones by hand."""
        lead = leading(self.merging.of(self.tree()))
        case = [t for t in TREES if leading(self.merging.of(t)) == lead]
        by = self.person()
        close(lead, reason="thanks", by=by)
        for tree in case:
            close(self.worlds[1].of(tree), reason="thanks", by=by)

    def assign(self) -> None:
        tree, to = self.tree(), self.dice.choice([None, self.person()])
        by = self.merging.company.maren
        self.both(lambda world: assign(world.of(tree), to=to, by=by))

    def topic(self) -> None:
        company, tree = self.merging.company, self.tree()
        topic = self.dice.choice([None, company.baggage, company.invoice])
        self.both(lambda world: set_topic(world.of(tree), topic, by=company.maren))

    def team(self) -> None:
        company, tree = self.merging.company, self.tree()
        to = self.dice.choice([company.service, company.billing])
        self.both(lambda world: move(world.of(tree), to=to, by=company.maren))

    def tag(self) -> None:
        tree, change = self.tree(), self.dice.choice([add_tag, add_tag, remove_tag])
        name, by = self.dice.choice(["refund", "storm"]), self.merging.company.maren
        self.both(lambda world: change(world.of(tree), name, by=by))

    def priority(self) -> None:
        tree, value = self.tree(), self.dice.choice(["low", "normal", "urgent"])
        self.both(lambda w: set_priority(w.of(tree), value, by=self.merging.company.maren))

    def merge(self) -> None:
        one, other = self.dice.sample(TREES, 2)
        try:
            merge(self.merging.of(one), self.merging.of(other), by=self.merging.company.maren)
        except CannotMerge:
            return

    def unmerge(self, tree: str = "") -> None:
        tree = tree or self.tree()
        merged = self.merging.of(tree)
        unmerge(merged, by=self.merging.company.maren)
        if merged.merged_into_id is not None:
            self.compare(tree)

    def compare(self, tree: str) -> None:
        self.compared += 1
        one, other = (world.state(tree) for world in self.worlds)
        differing = {key: (one[key], other[key]) for key in one if one[key] != other[key]}
        assert not differing, f"{tree} after {self.steps} steps"


def twins(company: Company, seed: int) -> Twins:
    worlds = []
    for name, merges in (("merging", True), ("plain", False)):
        channel = Channel.objects.create(
            brand=company.brand,
            team=company.service,
            network="loopback",
            external_id=f"acct-{name}-{seed}",
            handle=f"{name}-{seed}.example",
            service="http://127.0.0.1:9",
        )
        worlds.append(World(company, channel, f"{name}-{seed}", merges))
    began = clock.now() - timedelta(minutes=30)
    made = Twins((worlds[0], worlds[1]), random.Random(seed), began)
    for tree in TREES:
        made.now += timedelta(seconds=1)
        made.receive(tree)
    return made


def live_through(company: Company, seeds: range) -> str:
    steps = compared = 0
    for seed in seeds:
        pair = twins(company, seed)
        for _ in range(STEPS):
            pair.step()
        for tree in TREES:
            pair.unmerge(tree)
        for tree in TREES:
            pair.compare(tree)
        steps, compared = steps + pair.steps, compared + pair.compared
    return f"{len(seeds)} sequences, {steps} steps, {compared} comparisons, 0 differences"


def test_after_un_merging_nothing_tells_that_there_was_a_merge(company):
    print(live_through(company, range(25)))  # noqa: T201 - the figures, with `pytest -s`


@pytest.mark.soak
def test_after_un_merging_nothing_tells_in_five_hundred_lives(company):
    print(live_through(company, range(500)))  # noqa: T201 - the figures, with `pytest -s`
