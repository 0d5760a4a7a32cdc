"""Setting the demo up: the company, its people, its account, and two months of its past."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from datetime import datetime
from heapq import merge
from itertools import islice
from pathlib import Path

from django.db import connection, transaction
from django.utils.text import slugify

from harken.config.demo.approvals import write_approval_rules
from harken.config.demo.checks import set_checks
from harken.config.demo.company import BRAND, PASSWORD, PEOPLE, TEAMS, TOPICS
from harken.config.demo.departments import give_owners
from harken.config.demo.escalated import escalate_some
from harken.config.demo.history import PastConversation, past_conversations, posts_of
from harken.config.demo.judged import judge_the_past
from harken.config.demo.knowledge import write_down
from harken.config.demo.monitors import write_monitors
from harken.config.demo.notifications import ring
from harken.config.demo.overheard import overhear
from harken.config.demo.promised import promise_some
from harken.config.demo.roster import load_rosters
from harken.config.demo.rules import write_rules
from harken.config.demo.set_aside import set_aside
from harken.config.demo.sorting import sort_by_hand
from harken.config.demo.sources import add_source, move_source
from harken.config.demo.storm import hear_the_past, storm_conversations
from harken.config.demo.talks import talk_in_private
from harken.connectors.loopback.network import LoopbackNetwork
from harken.connectors.loopback.wire import Person, Post
from harken.domain.channels.credentials import store_login
from harken.domain.channels.models import Channel
from harken.domain.conversations.models import Message, Topic
from harken.domain.conversations.services.receive import receive_posts
from harken.domain.departments.services.name import name_owners
from harken.domain.people.models import Brand, Membership, Team, User
from harken.domain.sla.services.adjust import adjust
from harken.kit import clock
from harken.kit.connector import Author, InboundPost, Why

COUNT = 3000  # conversations of the past
SEED = 7
BATCH = 250  # conversations
Say = Callable[[int, int], None]


def load(network_file: Path, service: str, *, count: int = COUNT, say: Say | None = None) -> None:
    """Store the demo company and its past, once; later calls only note the network's address.

    `network_file`: where the loopback network, not running now, keeps everything. `service`: the
    base URL it will answer at. `say(done, count)` is told how far it is, in conversations.
    """
    known = Channel.objects.filter(network="loopback", handle=BRAND.handle)
    if known.update(service=service):
        move_source(service)
        return
    with closing(LoopbackNetwork(network_file)) as network, transaction.atomic():
        us = network.open_account(Person(BRAND.handle, BRAND.name), password=PASSWORD)
        channel = _company(us.id, service)
        load_rosters()
        now = clock.now()
        # Merged by when they began: a list shows what is stored in the order in which it came.
        past = merge(
            past_conversations(SEED, count, now), storm_conversations(SEED, now), key=_began
        )
        for done, batch in enumerate(_batches(past), start=1):
            _store(network, channel, us.id, batch)
            if say:
                say(min(done * BATCH, count), count)
        write_rules()
        write_monitors()
        add_source(service)
        hear_the_past()
        overhear(network, service)
        judge_the_past()
        set_checks()
        write_approval_rules()
        write_down()
        ring()
        escalate_some()
        sort_by_hand()
        set_aside()
        talk_in_private()
        promise_some()
    with connection.cursor() as cursor:  # the planner must know the tables before the first page
        cursor.execute("ANALYZE")


def _began(past: PastConversation) -> datetime:
    return past.messages[0].sent_at


def _batches(past: Iterable[PastConversation]) -> Iterator[list[PastConversation]]:
    left = iter(past)
    while batch := list(islice(left, BATCH)):
        yield batch


def _company(account: str, service: str) -> Channel:
    brand = Brand.objects.create(name=BRAND.name, slug=BRAND.slug)
    teams = {
        each.slug: Team.objects.create(brand=brand, name=each.name, slug=each.slug)
        for each in TEAMS
    }
    for topic in TOPICS:
        Topic.objects.create(name=topic.name, slug=slugify(topic.slug), team=teams[topic.team])
    for who in PEOPLE:
        # No usable password: in the demo one enters by a click, and nowhere else as these people.
        user = User.objects.create_user(
            username=who.username,
            email=who.email,
            role=who.role,
            display_name=who.display_name,
            initials=who.initials,
            signature=who.signature,
        )
        Membership.objects.bulk_create(Membership(user=user, team=teams[t]) for t in who.teams)
    give_owners()
    channel = Channel.objects.create(
        brand=brand,
        team=teams["service"],
        network="loopback",
        external_id=account,
        handle=BRAND.handle,
        display_name=BRAND.name,
        service=service,
        listen_for=list(BRAND.listen_for),
    )
    store_login(channel.pk, {"password": PASSWORD})
    return channel


def _store(
    network: LoopbackNetwork, channel: Channel, us: str, batch: Iterable[PastConversation]
) -> None:
    batch = list(batch)
    inbound: list[InboundPost] = []
    for past in batch:
        for number, (person, new) in enumerate(posts_of(past)):
            post = network.write(network.person(person), new)
            why = Why(past.why) if number == 0 else Why.THREAD
            inbound.append(_inbound(post, why, service=channel.service, us=us))
    receive_posts(channel, inbound)
    _finish(channel, batch)


def _inbound(post: Post, why: Why, *, service: str, us: str) -> InboundPost:
    author = post.author
    return InboundPost(
        external_id=post.id,
        author=Author(author.id, author.handle, author.name, followers=author.followers),
        text=post.text,
        sent_at=post.at,
        root_id=post.root,
        parent_id=post.parent,
        why=Why.OWN if author.id == us else why,
        by_us=author.id == us,
        lang=post.lang,
        url=f"{service}/@{author.handle}/{post.id}",
        version=f"{post.version:08d}",
    )


# What people did with these conversations, in one statement: who wrote the answers, whose they
# were, what they were about and how they ended.
FINISH_MESSAGES = """
UPDATE conversations_message m SET author_id = u.id
FROM jsonb_to_recordset(%s::jsonb) AS said(external_id text, agent text)
JOIN people_user u ON u.username = said.agent
WHERE m.channel_id = %s AND m.external_id = said.external_id
"""
FINISH_CONVERSATIONS = """
UPDATE conversations_conversation c
SET topic_id = t.id, team_id = t.team_id, assignee_id = u.id,
    state = CASE WHEN past.closed_at IS NULL THEN 'open' ELSE 'closed' END,
    closed_at = past.closed_at,
    closed_by_id = CASE WHEN past.closed_at IS NULL THEN NULL ELSE u.id END,
    close_reason = coalesce(past.close_reason, ''),
    waiting_since = CASE WHEN past.closed_at IS NULL THEN c.waiting_since END,
    turn_id = CASE WHEN past.closed_at IS NULL THEN c.turn_id END,
    settled_id = CASE WHEN past.closed_at IS NULL THEN c.settled_id
                      ELSE (SELECT max(id) FROM conversations_message m
                            WHERE m.conversation_id = c.id) END
FROM jsonb_to_recordset(%s::jsonb) AS past(
    first_id text, topic text, assignee text, closed_at timestamptz, close_reason text)
JOIN conversations_message first ON first.external_id = past.first_id
JOIN conversations_topic t ON t.slug = past.topic
LEFT JOIN people_user u ON u.username = past.assignee
WHERE c.channel_id = %s AND first.channel_id = c.channel_id AND c.id = first.conversation_id
"""


# Stored all at once now, but heard when they were written: the reports tell the lag.
FINISH_TIMES = """
UPDATE conversations_message SET received_at = sent_at + interval '0.6 s'
WHERE channel_id = %s AND external_id = ANY(%s)
"""


def _finish(channel: Channel, batch: Sequence[PastConversation]) -> None:
    said: list[Mapping[str, str]] = []
    ended: list[Mapping[str, str | None]] = []
    for past in batch:
        said += [
            {"external_id": message.external_id, "agent": message.agent}
            for message in past.messages
            if message.agent
        ]
        ended.append(
            {
                "first_id": past.messages[0].external_id,
                "topic": past.topic,
                "assignee": past.assignee,
                "closed_at": past.closed_at.isoformat() if past.closed_at else None,
                "close_reason": past.close_reason,
            }
        )
    with connection.cursor() as cursor:
        cursor.execute(FINISH_MESSAGES, [json.dumps(said), channel.pk])
        every = [message.external_id for past in batch for message in past.messages]
        cursor.execute(FINISH_TIMES, [channel.pk, every])
        cursor.execute(FINISH_CONVERSATIONS, [json.dumps(ended), channel.pk])
    # Written past the services, so nobody has told clocks and owners how these conversations ended.
    first = [past.messages[0].external_id for past in batch]
    found = Message.objects.filter(channel=channel, external_id__in=first)
    adjust(found.values_list("conversation_id", flat=True))
    name_owners(found.values_list("conversation_id", flat=True))
