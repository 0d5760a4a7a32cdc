"""What a lead decides about approvals: the rules, who learns, and whether there is a crisis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

from django.db import transaction
from django.db.models import Max
from django.db.models.functions import Now

from harken.domain.approvals.events import ApprovalRuleChanged, CrisisSwitched, TraineeChanged
from harken.domain.approvals.models_rules import (
    SECONDS,
    ApprovalRule,
    CrisisSwitch,
    First,
    RuleApprover,
    Trainee,
)
from harken.domain.channels.models import Channel
from harken.domain.conversations.models import Topic
from harken.domain.journal.services import record
from harken.domain.people.models import User
from harken.domain.places import change_places
from harken.kit.refusals import Invalid, NotAllowed

SHORTEST, LONGEST = 10, 86_400  # seconds until the next one is asked
MOST = 5  # approvers of one rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a rule says. Empty conditions always hold; None in `approvers` is the lead on duty."""

    name: str
    approvers: Sequence[User | None]
    trainee: bool = False
    topic: Topic | None = None
    followers_over: int | None = None
    network: str = ""
    channel: Channel | None = None
    first: str = ""
    crisis: bool = False
    next_after: int = SECONDS

    def checked(self) -> dict[str, object]:
        """The columns. Raises `Invalid`."""
        if not self.name.strip() or len(self.name) > 80:
            raise Invalid("Give the rule a name of at most 80 characters.", field="name")
        if not 0 < len(self.approvers) <= MOST:
            said = f"Name one to {MOST} approvers; the lead on duty may be one of them."
            raise Invalid(said, field="approver1")
        if len(set(self.approvers)) < len(self.approvers):
            raise Invalid("One of the approvers is named twice.", field="approver1")
        if any(one and not (one.is_active and one.can_answer) for one in self.approvers):
            raise Invalid("Only people who may answer customers can approve.", field="approver1")
        if not SHORTEST <= self.next_after <= LONGEST:
            said = "Ask the next one after 10 seconds at least and a day at most."
            raise Invalid(said, field="next_after")
        if self.first and self.first not in First.values:
            raise Invalid("Choose whose first answer it is about.", field="first")
        if self.followers_over is not None and not 0 <= self.followers_over <= 2_000_000_000:
            raise Invalid("Write the number of followers in digits.", field="followers_over")
        columns = {each.name: getattr(self, each.name) for each in fields(self)}
        del columns["approvers"]
        return columns | {"name": self.name.strip()}


def need_lead(by: User) -> None:
    """Raises `NotAllowed` for anybody but leads and managers."""
    if not by.can_manage:
        raise NotAllowed("Leads and managers decide what needs approval. Ask one of them.")


def save_rule(rule: ApprovalRule | None, terms: Terms, *, by: User) -> ApprovalRule:
    """Change a rule, or put a new one at the end. What waits already is asked on as it was.

    Raises `NotAllowed`, `Invalid`.
    """
    need_lead(by)
    columns = terms.checked()
    with transaction.atomic():
        if rule is None:
            last = ApprovalRule.objects.aggregate(last=Max("position"))["last"] or 0
            rule = ApprovalRule.objects.create(position=last + 1, **columns)
        else:
            ApprovalRule.objects.filter(pk=rule.pk).update(**columns)
            rule.refresh_from_db()
            rule.approvers.all().delete()
        RuleApprover.objects.bulk_create(
            RuleApprover(rule=rule, number=number, person=person)
            for number, person in enumerate(terms.approvers, start=1)
        )
        record(ApprovalRuleChanged(by=by.pk, rule=rule.pk))
    return rule


def move_rule(rule: ApprovalRule, *, up: bool, by: User) -> None:
    """Change places with the rule above or below; at the end of the list nothing happens."""
    need_lead(by)
    with transaction.atomic():
        if change_places(ApprovalRule.objects.filter(retired_at=None), rule.pk, up=up):
            record(ApprovalRuleChanged(by=by.pk, rule=rule.pk))


def retire_rule(rule: ApprovalRule, *, by: User) -> None:
    """Take a rule out of the list; what waits under it still waits."""
    need_lead(by)
    with transaction.atomic():
        listed = ApprovalRule.objects.filter(pk=rule.pk, retired_at=None)
        if listed.update(retired_at=Now()):
            record(ApprovalRuleChanged(by=by.pk, rule=rule.pk))


def set_trainee(person: User, *, learns: bool, by: User) -> None:
    """Say that somebody learns from now on, or does so no more; said twice it is said once."""
    need_lead(by)
    if learns and not (person.is_active and person.can_answer):
        raise Invalid("Only somebody who may answer customers can be a trainee.")
    with transaction.atomic():
        if learns:
            _, changed = Trainee.objects.get_or_create(
                person=person, ended_at=None, defaults={"began_by": by}
            )
        else:
            now = Trainee.objects.filter(person=person, ended_at=None)
            changed = bool(now.update(ended_at=Now(), ended_by=by))
        if changed:
            record(TraineeChanged(by=by.pk, person=person.pk, learns=learns))


def switch_crisis(*, on: bool, by: User) -> None:
    """Let the rules for a crisis hold from now on, or no more; said twice it is said once."""
    need_lead(by)
    with transaction.atomic():
        if on:
            _, changed = CrisisSwitch.objects.get_or_create(off_at=None, defaults={"on_by": by})
        else:
            changed = bool(CrisisSwitch.objects.filter(off_at=None).update(off_at=Now(), off_by=by))
        if changed:
            record(CrisisSwitched(by=by.pk, is_on=on))
