"""R1: whether rules keep up: messages a second that 50 rules look at, against the intake's rate.

The intake stores the same messages in the same run, with everything that happens in its
transaction. Above 1 the rules are never what colleagues wait for. One worker runs the rules, one
after the other, on one core; one message in fifty fits a rule, which puts on a tag.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta

from benchmarks.figure import Figure
from benchmarks.world import channel, database

RULES = 50
COUNT = 2000  # messages
PAGE = 100  # of them in one intake call
WORDS = ("invoice", "battery", "refund", "late", "broken")


def measure() -> list[Figure]:
    """Fifty rules and two thousand messages in a new database."""
    with database():
        came, looked, acted = _run()
    how = f"rules {looked:.0f}/s ({acted} acted), intake {came:.0f}/s, {RULES} rules, 1 core"
    return [Figure("R1", "rules keep up", looked / came, 0.1, 1.0, more_is_better=True, how=how)]


def _run() -> tuple[float, float, int]:
    from harken.domain.automation.models import Outcome, RuleRun
    from harken.domain.automation.tasks import Automation
    from harken.domain.conversations.services.receive import receive_posts
    from harken.kit import clock
    from harken.kit.connector import Author, InboundPost, Why

    where = channel()
    _write_rules()
    automation = Automation()
    while automation.turn():
        pass
    sent = clock.now() - timedelta(minutes=5)
    posts = [
        InboundPost(
            external_id=f"post-{n}",
            author=Author(f"acct-{n}", f"c{n}.example", f"Customer {n}"),
            text=f"Hello, number {n} {'tagged' if n % 50 == 0 else 'waits'} for an answer",
            sent_at=sent + timedelta(milliseconds=n),
            root_id=f"post-{n}",
            why=Why.MENTION,
            version="1",
        )
        for n in range(COUNT)
    ]

    def take_in() -> None:
        for start in range(0, COUNT, PAGE):
            receive_posts(where, posts[start : start + PAGE])

    def look() -> None:
        while automation.turn():
            pass

    came, looked = _rate(take_in), _rate(look)
    seen = RuleRun.objects.values("event").distinct().count()
    if seen < COUNT:
        raise RuntimeError(f"only {seen} of {COUNT} messages were looked at")
    return came, looked, RuleRun.objects.filter(outcome=Outcome.MATCHED).count()


def _write_rules() -> None:
    from harken.domain.automation.services.rules import save_rule
    from harken.domain.automation.services.trial import try_out
    from harken.domain.automation.spec import Part, Spec
    from harken.domain.people.models import Role, User

    manager = User.objects.create_user("maren", role=Role.MANAGER)
    for number in range(RULES):
        word = "tagged" if number == RULES - 1 else f"{WORDS[number % 5]} {number}"
        spec = Spec(
            name=f"Rule {number}",
            when=("message",),
            conditions=(
                Part("network", {"is": "loopback"}),
                Part("words", {"how": "any", "text": f"{word}\nnever said"}),
            ),
            actions=(Part("add_tag", {"tag": f"tag-{number}"}),),
        )
        save_rule(None, spec, try_out(spec, by=manager).proof, by=manager)


def _rate(work: Callable[[], None]) -> float:
    began = time.perf_counter()
    work()
    return COUNT / (time.perf_counter() - began)
