"""Plain clocks start in the database; they are the same clocks the whole look would start."""

from __future__ import annotations

from datetime import datetime
from random import Random

import pytest
from django.db import connection

from harken.domain.conversations.models import Conversation
from harken.domain.conversations.services.receive import receive_posts
from harken.domain.sla.models import AppliedSLA, BusinessHours, HoursVersion, SLAPolicy
from harken.domain.sla.services import adjust
from harken.kit.connector import InboundPost, Why
from tests.cast import Company, post
from tests.domain.sla.conftest import ago

Seen = dict[str, tuple[object, ...]]
HELD = ("metric", "target", "pauses", "started_at", "runs_since", "spent", "due_at", "state")


def policies(company: Company) -> None:
    """Hours for one way in, a resolution for another, nothing for a third; else a minute."""
    hours = BusinessHours.objects.create(name="Office")
    HoursVersion.objects.create(
        hours=hours, number=1, zone="Europe/Vienna", week=[[[540, 1020]]] * 7, made_by=company.maren
    )
    SLAPolicy.objects.update(position=9)
    SLAPolicy.objects.create(
        name="In hours", position=1, why=Why.SEARCH, first_response=300, hours=hours
    )
    SLAPolicy.objects.create(
        name="Solved", position=2, why=Why.REPLY, first_response=30, resolution=900, pauses=True
    )
    SLAPolicy.objects.create(name="Only solved", position=3, why=Why.QUOTE, resolution=900)


def arriving(dice: Random, tag: str, pages: int = 12) -> list[list[InboundPost]]:
    """Pages of posts: newcomers, follow-ups, late earlier ones, some long overdue."""
    ways = [Why.MENTION, Why.SEARCH, Why.REPLY, Why.QUOTE]
    trees = [(f"{tag}-{n}", dice.choice(ways), dice.uniform(1, 2000)) for n in range(30)]
    found = []
    for page in range(pages):
        posts = []
        for n in range(dice.randint(1, 12)):
            root, why, age = dice.choice(trees)
            at = ago(max(0.5, age - dice.uniform(-200, 900)))
            posts.append(
                post(
                    by=root,
                    external_id=f"{tag}-{page}-{n}",
                    root_id=root,
                    why=why,
                    sent_at=at.replace(microsecond=0),
                )
            )
        found.append(posts)
    return found


def seen(tag: str) -> Seen:
    """Clocks and due times of the conversations of one telling, by thread."""
    held: Seen = {}
    for each in Conversation.objects.filter(thread_key__startswith=tag):
        key = each.thread_key.removeprefix(tag)
        clocks = AppliedSLA.objects.filter(conversation=each).order_by("metric", "started_at")
        turn = each.turn and each.turn.external_id.removeprefix(tag)
        held[key] = (turn, each.due_at, each.due_seconds, *clocks.values_list(*HELD))
    return held


@pytest.mark.parametrize("seed", range(6))
def test_clocks_begun_in_the_database_are_those_the_whole_look_would_start(
    company: Company, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    policies(company)
    told: dict[str, datetime] = {}
    for tag in ("plain", "whole"):
        if tag == "whole":
            monkeypatch.setattr(adjust, "begin", lambda ids: ids)
        for page in arriving(Random(seed), tag):
            for each in page:
                key = each.external_id.removeprefix(tag)
                object.__setattr__(each, "sent_at", told.setdefault(key, each.sent_at))
            receive_posts(company.channel, page)
    assert len(seen("plain")) > 15
    assert seen("plain") == seen("whole")


def test_a_newcomers_due_time_is_written_with_the_row_and_never_again(company: Company) -> None:
    written = "SELECT pg_stat_get_xact_tuples_updated('conversations_conversation'::regclass)"
    with connection.cursor() as cursor:
        cursor.execute(written)
        before = cursor.fetchone()
        receive_posts(company.channel, [post()])
        cursor.execute(written)
        assert cursor.fetchone() == before
    assert Conversation.objects.get().due_seconds == 60
