"""A rule ready to run: every name it uses looked up once."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from harken.domain.automation import registry
from harken.domain.automation.models import RuleVersion
from harken.domain.automation.parts import Action, Condition
from harken.domain.automation.spec import MOST_ACTIONS, MOST_CONDITIONS, Spec, read
from harken.domain.automation.subject import Subject
from harken.domain.automation.triggers import TRIGGERS, WAITS
from harken.domain.people.models import User
from harken.kit.refusals import Invalid

Answers = list[bool | None]


@dataclass(slots=True)
class Compiled:
    """A rule whose parts are checked. `teams` are those it reaches, None for all."""

    spec: Spec
    conditions: Sequence[Condition]
    actions: Sequence[Action]
    teams: frozenset[int] | None
    version: RuleVersion | None = None
    made: float = field(default_factory=time.monotonic)

    def reaches(self, subject: Subject) -> bool:
        """Whether its author may see the conversation."""
        team = subject.conversation.team_id
        return self.teams is None or team is None or team in self.teams

    def ask(self, subject: Subject) -> tuple[bool, Answers]:
        """Whether it fits, and what each condition said; None: it was decided before."""
        wanted = self.spec.match == "any"
        answers: Answers = [None] * len(self.conditions)
        for place, condition in enumerate(self.conditions):
            answers[place] = condition.says(subject)
            if answers[place] == wanted:
                return wanted, answers
        return not wanted or not self.conditions, answers

    def sentences(self) -> tuple[list[str], list[str]]:
        """Its conditions and its actions, for people."""
        return (
            [each.sentence() for each in self.conditions],
            [each.sentence() for each in self.actions],
        )


def of_version(version: RuleVersion) -> Compiled:
    """What a stored version says. Raises `Invalid` when it cannot work any more."""
    made = compiled(read(version.spec), version.by)
    made.version = version
    return made


def compiled(spec: Spec, author: User) -> Compiled:
    """A rule whose author is `author`, checked. Raises `Invalid` with what to mend."""
    if not author.is_active or not author.can_manage:
        raise Invalid(f"{author} wrote this rule and has left, or leads no more. Save it anew.")
    _check(spec)
    conditions = [registry.condition(part) for part in spec.conditions]
    actions = [registry.action(part) for part in spec.actions]
    _sorted_first(spec, conditions)
    teams = None if author.sees_all else frozenset(author.teams.values_list("pk", flat=True))
    return Compiled(spec, conditions, actions, teams)


def _check(spec: Spec) -> None:
    if not spec.name.strip() or len(spec.name) > 80:
        raise Invalid("Give the rule a name of at most 80 characters.")
    if not spec.when or any(each not in TRIGGERS for each in spec.when):
        raise Invalid("When: choose at least one moment at which the rule looks.")
    if WAITS in spec.when and not spec.waits:
        raise Invalid("When: say how long the customer has waited, such as 5 min.")
    if spec.match not in {"all", "any"}:
        raise Invalid("If: choose all or any of the conditions.")
    if not spec.actions:
        raise Invalid("Then: add at least one thing to do.")
    if len(spec.conditions) > MOST_CONDITIONS or len(spec.actions) > MOST_ACTIONS:
        raise Invalid(f"At most {MOST_CONDITIONS} conditions and {MOST_ACTIONS} actions.")


def _sorted_first(spec: Spec, conditions: Sequence[Condition]) -> None:
    # A message is sorted a moment after it came in: such a rule would never fit, and silently.
    for condition in conditions:
        if condition.needs_triage and set(spec.when) == {"message"}:
            raise Invalid(
                f"“{condition.sentence()}” is known only once triage has sorted the message: "
                "choose that moment under When."
            )
