"""Running rules on one conversation: what each said, what each did, and where a loop ends."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import InterfaceError, OperationalError, transaction
from django.db.models.functions import Now

from harken.domain.automation.compiled import Compiled
from harken.domain.automation.models import Outcome, RuleRun, RuleVersion
from harken.domain.automation.parts import Action, Because
from harken.domain.automation.services.log import Result, Run
from harken.domain.automation.services.rules import fail_rule
from harken.domain.automation.subject import Subject
from harken.domain.journal.services import because_of
from harken.kit.refusals import Invalid, Refusal

log = logging.getLogger(__name__)
LONGEST_CHAIN = 5  # rules, each because of the one before
BUDGET = 60  # runs that did something in one conversation ...
BUDGET_SPAN = timedelta(hours=1)  # ... within this time
ALREADY = "Nothing: it is so already."


class CannotWork(Exception):
    """A rule names something that is not there any more; the text says what."""


@dataclass(frozen=True, slots=True)
class Moment:
    """Why rules look at a conversation: the trigger, the event if any, and what led to it."""

    trigger: str
    event: int | None = None
    chain: tuple[int, ...] = ()


@dataclass(slots=True)
class Work:
    """What came of a moment. `acted`: something was changed."""

    runs: list[Run] = field(default_factory=list)
    acted: bool = False


def work(moment: Moment, subject: Subject | None, rules: Sequence[Compiled]) -> Work:
    """Run the rules that look at such a moment, in order, in the caller's transaction.

    Each sees what those before it changed. The runs are returned, not stored. Lets go errors of
    the connection to the database; any other switches the rule off that made it.
    """
    done = Work()
    for rule in rules:
        if subject is None:
            break
        if moment.trigger not in rule.spec.when or not rule.reaches(subject):
            continue
        run, subject = _run(rule, moment, subject)
        done.runs.append(run)
        done.acted |= run.outcome != Outcome.NOT
        if run.outcome == Outcome.MATCHED and rule.spec.stop_here:
            break
    return done


def _run(rule: Compiled, moment: Moment, subject: Subject) -> tuple[Run, Subject | None]:
    version, began = _version(rule), time.perf_counter()
    conversation = subject.conversation.pk
    run = Run(version, conversation, moment.event, moment.trigger, moment.chain)
    after: Subject | None = subject
    try:
        fits, run.answers = rule.ask(subject)
        if fits:
            after = _act(rule, moment, subject, run)
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:  # one broken rule must not stop the others
        _fail(run, error)
    run.seconds = time.perf_counter() - began
    return run, after


def _act(rule: Compiled, moment: Moment, subject: Subject, run: Run) -> Subject | None:
    loop = _loop(run.version.rule_id, moment, subject)
    if loop:
        run.outcome, run.results = Outcome.STOPPED, [(loop, False)]
        return subject
    version = _version(rule)
    because = Because(run.version.rule_id, version.rule.name, moment.event)
    results: list[Result] = []
    after: Subject | None = subject
    with transaction.atomic(), because_of((*moment.chain, run.version.rule_id)):
        for action in rule.actions:
            if after is None:
                break
            results.append(_did(action, after, because))
            if results[-1][1]:
                after = after.again()
    run.outcome, run.results = Outcome.MATCHED, results
    return after


def _did(action: Action, subject: Subject, because: Because) -> Result:
    try:
        action.check()
    except Invalid as gone:
        raise CannotWork(str(gone)) from gone
    try:
        with transaction.atomic():
            would = action.would(subject)
            if would:
                action.do(subject, because)
    except Refusal as refusal:
        return str(refusal), False
    return (would, True) if would else (ALREADY, False)


def _loop(rule: int, moment: Moment, subject: Subject) -> str:
    """Why the rule must not act here again; empty when it may."""
    if rule in moment.chain:
        return "It led to this itself."
    if len(moment.chain) >= LONGEST_CHAIN:
        return f"{LONGEST_CHAIN} rules led to this, each because of the one before."
    recent = RuleRun.objects.filter(
        conversation=subject.conversation.pk, outcome=Outcome.MATCHED, at__gt=Now() - BUDGET_SPAN
    )
    if recent.count() >= BUDGET:
        return f"Rules acted {BUDGET} times in this conversation within the hour."
    return ""


def _fail(run: Run, error: Exception) -> None:
    reason = str(error)
    if not isinstance(error, CannotWork):
        log.exception("rule %s failed", run.version.rule_id, exc_info=error)
        reason = f"It broke ({type(error).__name__}). Try it out again, or take it out."
    run.outcome, run.results = Outcome.FAILED, [(reason, False)]
    fail_rule(run.version.rule, reason)


def _version(rule: Compiled) -> RuleVersion:
    assert rule.version is not None, "only what is saved runs"
    return rule.version
