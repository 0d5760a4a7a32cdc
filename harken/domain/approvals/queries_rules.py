"""Reading what decides whose word an answer needs: rules, chains, voices, trainees, crisis."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet
from django.db.models.functions import Now

from harken.domain.approvals.models_rules import (
    ApprovalRule,
    CrisisSwitch,
    First,
    RuleApprover,
    Trainee,
    Voice,
)
from harken.domain.contacts.queries import same_person
from harken.domain.conversations.models import Conversation, Direction, Message
from harken.domain.conversations.queries import visible_to
from harken.domain.conversations.queries_topics import beneath, topic_tree
from harken.domain.people.models import Role, Team, User
from harken.domain.replies.models import GONE, Reply
from harken.domain.roster.models import Absence, Shift
from harken.domain.roster.queries import is_on_duty, lead_on_duty


def rules_in_order() -> QuerySet[ApprovalRule]:
    """The rules in the order in which they are tried, with their chains."""
    chain = RuleApprover.objects.select_related("person").order_by("number")
    found = ApprovalRule.objects.filter(retired_at=None).select_related("topic", "channel")
    return found.prefetch_related(Prefetch("approvers", chain))


@dataclass(frozen=True, slots=True)
class Fitting:
    """A rule that holds for an answer, and why in a few words."""

    rule: ApprovalRule
    because: str


def rule_for(conversation: Conversation, by: User) -> Fitting | None:
    """The first rule that wants somebody's word on an answer of `by` here; None: none does.

    Whom a rule names needs nobody's word under it.
    """
    facts = _Facts(conversation, by)
    for rule in rules_in_order():
        reasons = facts.reasons(rule)
        if reasons is not None:
            named = any(each.person_id == by.pk for each in rule.approvers.all())
            return None if named else Fitting(rule, " and ".join(reasons) or "every answer is")
    return None


class _Facts:
    """What rules ask about one answer; looked up when the first rule asks."""

    def __init__(self, conversation: Conversation, by: User) -> None:
        self.conversation, self.by = conversation, by

    def reasons(self, rule: ApprovalRule) -> list[str] | None:
        """Why the rule holds, a few words for each condition; None: it does not."""
        found = [
            self._said(rule.trainee, f"{self.by} is learning", self._learns),
            self._said(rule.crisis, "there is a crisis", lambda: crisis_since() is not None),
            self._said(rule.topic_id, f"the topic is {rule.topic}", lambda: self._about(rule)),
            self._said(rule.network, f"it leaves by {rule.network}", lambda: self._leaves(rule)),
            self._said(
                rule.channel_id,
                f"it leaves by {rule.channel and rule.channel.handle}",
                lambda: rule.channel_id == self.conversation.channel_id,
            ),
            self._said(
                rule.followers_over is not None,
                f"{self.conversation.handle.followers or 0:,} people follow them",
                lambda: self._reach() > (rule.followers_over or 0),
            ),
            self._said(
                rule.first == First.CUSTOMER,
                "it is our first answer to them",
                lambda: not self._answered_before(),
            ),
            self._said(
                rule.first == First.WRITER,
                f"it is the first answer of {self.by}",
                lambda: not _sent(Reply.objects.filter(author=self.by)),
            ),
        ]
        return None if None in found else [each for each in found if each]

    def _said(self, asked: object, words: str, holds: object) -> str | None:
        """Nothing when the rule does not ask; the words when it holds; None when it does not."""
        if not asked:
            return ""
        return words if callable(holds) and holds() else None

    def _learns(self) -> bool:
        return is_trainee(self.by)

    def _about(self, rule: ApprovalRule) -> bool:
        topic = self.conversation.topic_id
        return rule.topic is not None and topic in beneath(rule.topic, topic_tree())

    def _leaves(self, rule: ApprovalRule) -> bool:
        return rule.network == self.conversation.channel.network

    def _reach(self) -> int:
        return self.conversation.handle.followers or 0

    def _answered_before(self) -> bool:
        person = same_person(self.conversation.contact)
        ours = Message.objects.filter(
            conversation__contact__in=person, direction=Direction.OUTBOUND
        )
        return ours.exists() or _sent(Reply.objects.filter(conversation__contact__in=person))


def _sent(replies: QuerySet[Reply]) -> bool:
    return replies.exclude(state__in=[*GONE, "approval"]).exists()


# --- chains ----------------------------------------------------------------------------------


def is_there(person: User) -> bool:
    """Whether somebody can be asked now: on duty, or planned by no roster and not away."""
    if is_on_duty(person):
        return True
    planned = Shift.objects.filter(layer__retired_at=None, person=person).exists()
    away = Absence.objects.filter(person=person, starts_at__lte=Now(), ends_at__gt=Now())
    return person.is_active and person.can_answer and not planned and not away.exists()


def lead_for(team: Team | None) -> User | None:
    """The lead on duty; where no roster says who is on, the first one who is there; else None."""
    found = lead_on_duty(team) if team else None
    if found is not None:
        return found
    people = User.objects.filter(is_active=True).order_by("pk")
    leads = people.filter(role=Role.LEAD)
    if team is not None:
        leads = leads.filter(teams=team)
    managers = people.filter(role=Role.MANAGER)
    return next((one for one in [*leads, *managers] if is_there(one)), None)


def chain_of(rule: ApprovalRule, conversation: Conversation) -> list[User | None]:
    """Whom a rule asks about an answer here, in order; None where nobody leads at the moment."""
    return [each.person or lead_for(conversation.team) for each in rule.approvers.all()]


def stand_ins(conversation: Conversation) -> list[User]:
    """Who may always approve here: the leads of the team and the managers."""
    people = User.objects.filter(is_active=True, role__in=[Role.LEAD, Role.MANAGER])
    return [one for one in people.order_by("pk") if sees(one, conversation)]


def sees(person: User, conversation: Conversation) -> bool:
    """Whether they may know about the conversation."""
    return visible_to(person).filter(pk=conversation.pk).exists()


# --- people ----------------------------------------------------------------------------------


def trainees() -> QuerySet[Trainee]:
    """Who learns at the moment."""
    found = Trainee.objects.filter(ended_at=None).select_related("person", "began_by")
    return found.order_by("person__display_name", "person__username")


def is_trainee(user: User) -> bool:
    """Whether a lead said that this person learns."""
    return Trainee.objects.filter(person=user, ended_at=None).exists()


def crisis_since() -> CrisisSwitch | None:
    """Since when the rules for a crisis hold, and who said so; None: they do not."""
    return CrisisSwitch.objects.filter(off_at=None).select_related("on_by").first()


# --- voices ----------------------------------------------------------------------------------

_LEADING = re.compile(r"^[^\w]+")


def mark_of(signature: str) -> str:
    """A signature as it is looked for: plain letters, small, one space between words."""
    return _LEADING.sub("", flat(signature)).strip()


def flat(text: str) -> str:
    """A text in which a signature is found however it is written."""
    return " ".join(unicodedata.normalize("NFKC", text).lower().split())


def voices() -> QuerySet[Voice]:
    """The voices there are."""
    found = Voice.objects.filter(retired_at=None).select_related("person", "channel")
    return found.order_by("person__display_name")


def voice_of(user: User) -> Voice | None:
    """The voice of this person, if they have one."""
    return voices().filter(person=user).first()


def voice_in(conversation: Conversation, text: str) -> Voice | None:
    """The voice in which a text speaks in this conversation, if in any."""
    said = flat(text)
    for voice in voices():
        if voice.channel_id == conversation.channel_id or voice.mark in said:
            return voice
    return None
