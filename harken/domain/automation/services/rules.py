"""The list of rules: save, switch, move, take out."""

from __future__ import annotations

from django.db import connection, transaction
from django.db.models import Max
from django.urls import reverse

from harken.domain.automation.compiled import compiled
from harken.domain.automation.events import (
    RuleFailed,
    RuleMoved,
    RuleRetired,
    RuleSaved,
    RuleSwitched,
)
from harken.domain.automation.models import Appointment, Rule, RuleVersion
from harken.domain.automation.services.permission import need_manager
from harken.domain.automation.services.trial import tried
from harken.domain.automation.spec import Spec, read
from harken.domain.automation.triggers import WAITS
from harken.domain.journal.services import record
from harken.domain.notifications.services import notify
from harken.domain.people.models import User
from harken.domain.places import change_places
from harken.kit import clock

# Whoever waits less long than the rule says gets an appointment; the others were past it before
# the rule was there.
APPOINT = """
INSERT INTO automation_appointment (rule_id, conversation_id, turn, due_at)
SELECT %(rule)s, c.id, c.turn_id, c.waiting_since + make_interval(secs => %(seconds)s)
FROM conversations_conversation c
WHERE c.state = 'open' AND c.turn_id IS NOT NULL
  AND c.waiting_since + make_interval(secs => %(seconds)s) > statement_timestamp()
ON CONFLICT DO NOTHING
"""


def save_rule(rule: Rule | None, spec: Spec, proof: str, *, by: User) -> Rule:
    """Make a rule, at the end of the list, or the next version of one.

    `proof` is of a trial of exactly this version. Raises `NotAllowed`, `Invalid`, `NotTried`.
    """
    need_manager(by)
    compiled(spec, by)
    count, matched = tried(spec, proof, by=by)
    with transaction.atomic():
        saved = _next(rule, spec)
        RuleVersion.objects.create(
            rule=saved, number=saved.number, spec=spec.plain(), by=by, tried=count, matched=matched
        )
        _appoint(saved, spec)
        record(RuleSaved(by=by.pk, rule=saved.pk, number=saved.number))
    return saved


def switch_rule(rule: Rule, *, on: bool, by: User) -> Rule:
    """Switch it on or off. Raises `NotAllowed`, and `Invalid` when it could not work."""
    need_manager(by)
    with transaction.atomic():
        locked = Rule.objects.select_for_update().get(pk=rule.pk)
        if locked.is_on != on:
            version = locked.versions.select_related("by").get(number=locked.number)
            spec = read(version.spec)
            if on:
                compiled(spec, version.by)
            locked.is_on, locked.off_reason = on, ""
            locked.save(update_fields=["is_on", "off_reason"])
            _appoint(locked, spec)
            record(RuleSwitched(by=by.pk, rule=locked.pk, on=on))
    return locked


def move_rule(rule: Rule, *, up: bool, by: User) -> Rule:
    """Change places with the neighbour above or below; at the end of the list nothing happens."""
    need_manager(by)
    with transaction.atomic():
        if change_places(Rule.objects.filter(retired_at=None), rule.pk, up=up):
            record(RuleMoved(by=by.pk, rule=rule.pk))
    rule.refresh_from_db()
    return rule


def retire_rule(rule: Rule, *, by: User) -> Rule:
    """Take a rule out of the list; its log stays."""
    need_manager(by)
    with transaction.atomic():
        listed = Rule.objects.filter(pk=rule.pk, retired_at=None)
        if listed.update(retired_at=clock.now(), is_on=False):
            Appointment.objects.filter(rule=rule, kept_at=None).delete()
            record(RuleRetired(by=by.pk, rule=rule.pk))
    rule.refresh_from_db()
    return rule


def fail_rule(rule: Rule, reason: str) -> None:
    """Switch a rule off that cannot work any more, and tell who wrote it; in the transaction."""
    Rule.objects.filter(pk=rule.pk).update(is_on=False, off_reason=reason)
    record(RuleFailed(rule=rule.pk))
    version = rule.versions.select_related("by").get(number=rule.number)
    if version.by.is_active:
        text = f"The rule “{rule.name}” was switched off: {reason}"
        notify("rule", to=[version.by], text=text, url=reverse("manage:rule", args=[rule.pk]))


def _next(rule: Rule | None, spec: Spec) -> Rule:
    if rule is None:
        last = Rule.objects.aggregate(last=Max("position"))["last"] or 0
        return Rule.objects.create(name=spec.name.strip(), position=last + 1, number=1)
    locked = Rule.objects.select_for_update().get(pk=rule.pk)
    locked.name, locked.number = spec.name.strip(), locked.number + 1
    locked.is_on, locked.off_reason = (True, "") if locked.off_reason else (locked.is_on, "")
    locked.save(update_fields=["name", "number", "is_on", "off_reason"])
    return locked


def _appoint(rule: Rule, spec: Spec) -> None:
    """Make the appointments of a rule anew."""
    Appointment.objects.filter(rule=rule, kept_at=None).delete()
    if rule.is_on and WAITS in spec.when and spec.waits:
        with connection.cursor() as cursor:
            cursor.execute(APPOINT, {"rule": rule.pk, "seconds": spec.waits})
