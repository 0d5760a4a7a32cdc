"""Reading rules and their log, as far as somebody may see what they looked at."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import Now

from harken.domain.automation.models import Outcome, Rule, RuleRun, RuleVersion
from harken.domain.conversations.queries import visible_to
from harken.domain.people.models import User

WEEK = timedelta(days=7)
LOOKED = {
    "did": (Outcome.MATCHED,),
    "errors": (Outcome.FAILED, Outcome.STOPPED),
    "all": tuple(Outcome),
}


@dataclass(slots=True)
class Tally:
    """How a rule did lately, in conversations the reader may see."""

    did: int = 0
    errors: int = 0
    looked: int = 0


def rules_in_order() -> QuerySet[Rule]:
    """The rules in the order in which they are tried."""
    return Rule.objects.filter(retired_at=None)


def current_versions(rules: Iterable[Rule]) -> dict[int, RuleVersion]:
    """Rule id -> its version in force."""
    found = RuleVersion.objects.filter(rule__in=list(rules), number=F("rule__number"))
    return {version.rule_id: version for version in found.select_related("by", "rule")}


def tallies(user: User) -> dict[int, Tally]:
    """Rule id -> its figures of the last seven days."""
    rows = (
        _seen(user)
        .filter(at__gt=Now() - WEEK)
        .values("rule_id")
        .annotate(
            looked=Count("pk"),
            did=Count("pk", filter=Q(outcome=Outcome.MATCHED)),
            errors=Count("pk", filter=Q(outcome__in=LOOKED["errors"])),
        )
    )
    return {row["rule_id"]: Tally(row["did"], row["errors"], row["looked"]) for row in rows}


def runs(rule: Rule, user: User, *, what: str, before: int | None, limit: int) -> list[RuleRun]:
    """The newest runs of a rule, `what` is a key of `LOOKED`, before the run with that id."""
    found = _seen(user).filter(rule=rule)
    if what != "all":
        found = found.filter(outcome__in=LOOKED[what])
    if before is not None:
        found = found.filter(pk__lt=before)
    around = ("version__by", "conversation__handle", "conversation__channel", "conversation__team")
    return list(found.select_related(*around).order_by("-pk")[:limit])


def names_of(rules: Iterable[int]) -> dict[int, str]:
    """Rule id -> its name, also of rules taken out."""
    return dict(Rule.objects.filter(pk__in=set(rules)).values_list("pk", "name"))


def _seen(user: User) -> QuerySet[RuleRun]:
    return RuleRun.objects.filter(conversation__in=visible_to(user))
