"""Trying a rule on what was there, without changing anything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.core import signing

from harken.domain.automation.compiled import Compiled, compiled
from harken.domain.automation.services.permission import need_manager
from harken.domain.automation.spec import Spec
from harken.domain.automation.subject import Subject, subjects
from harken.domain.automation.triggers import TRIGGERS
from harken.domain.conversations.models import Conversation
from harken.domain.conversations.queries import visible_to
from harken.domain.people.models import User
from harken.kit.refusals import Refusal

LAST = 200  # conversations
FRESH = 3600  # seconds after which a trial says too little about the day to save by it
SALT = "harken rule trial"


class NotTried(Refusal):
    """This version was not tried, or too long ago."""


@dataclass(frozen=True, slots=True)
class Found:
    """One conversation a rule would fit, and what each action would change or why it would not."""

    conversation: Conversation
    changes: Sequence[tuple[str, bool]]


@dataclass(frozen=True, slots=True)
class Trial:
    """How a rule would have done. `proof` is what `save_rule` asks for."""

    tried: int
    found: Sequence[Found]
    proof: str


def try_out(spec: Spec, *, by: User) -> Trial:
    """Ask the rule of the last conversations `by` may see; reads only.

    Raises `NotAllowed`, and `Invalid` with what to mend.
    """
    need_manager(by)
    rule = compiled(spec, by)
    newest = visible_to(by).order_by("-last_message_at", "-id").values_list("pk", flat=True)[:LAST]
    known = subjects((pk, None) for pk in newest)
    found = [_foreseen(rule, each) for each in known.values() if _fits(rule, each)]
    return Trial(len(known), found, _proof(spec, by, len(known), len(found)))


def tried(spec: Spec, proof: str, *, by: User) -> tuple[int, int]:
    """How many this very rule was tried on and how many fitted. Raises `NotTried`."""
    try:
        said = signing.loads(proof, salt=SALT, max_age=FRESH)
    except signing.BadSignature:
        said = {}
    if said.get("digest") != spec.digest() or said.get("by") != by.pk:
        raise NotTried("Try this version out before you save it: something was changed since.")
    return int(said["tried"]), int(said["matched"])


def _proof(spec: Spec, by: User, count: int, matched: int) -> str:
    said = {"digest": spec.digest(), "by": by.pk, "tried": count, "matched": matched}
    return signing.dumps(said, salt=SALT)


def _fits(rule: Compiled, subject: Subject) -> bool:
    waits = rule.spec.waits or 0
    if not any(TRIGGERS[each].fits(subject, waits) for each in rule.spec.when):
        return False
    return rule.ask(subject)[0]


def _foreseen(rule: Compiled, subject: Subject) -> Found:
    changes: list[tuple[str, bool]] = []
    for action in rule.actions:
        try:
            would = action.would(subject)
        except Refusal as refusal:
            changes.append((str(refusal), False))
        else:
            changes.append((would, True) if would else ("nothing: it is so already", False))
    return Found(subject.conversation, changes)
