"""Reading escalations: who is paged at a level, who may take one, and which are open."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Prefetch, QuerySet

from harken.domain.conversations.models import Conversation
from harken.domain.conversations.queries import visible_to
from harken.domain.escalation.models import (
    Escalation,
    EscalationPath,
    EscalationStep,
    Level,
    PagedPerson,
)
from harken.domain.people.models import Role, Team, User


def path_of(team: Team | None) -> EscalationPath:
    """The team's own path, else the one for the rest, else the first settings of Harken."""
    own = EscalationPath.objects.filter(team=team).first() if team else None
    return own or EscalationPath.objects.filter(team=None).first() or EscalationPath()


def people_of(level: Level, team: Team | None) -> list[User]:
    """Whom a page to that level reaches now, for a conversation of `team`; empty: nobody."""
    active = User.objects.filter(is_active=True, role=level.value).order_by("pk")
    if level == Level.LEAD and team is not None:
        active = active.filter(teams=team)
    return list(active)


def anybody(team: Team | None) -> list[User]:
    """Whom to page when the last level has nobody: managers, else leads, on duty or not."""
    active = User.objects.filter(is_active=True).order_by("pk")
    leads = active.filter(role=Role.LEAD)
    managers = list(active.filter(role=Role.MANAGER))
    return managers or list(leads.filter(teams=team) if team else leads)


def seeing(conversation: Conversation, people: Iterable[User]) -> list[User]:
    """Those of `people` who may see the conversation, each once."""
    found = {person.pk: person for person in people if _sees(person, conversation)}
    return list(found.values())


def _sees(person: User, conversation: Conversation) -> bool:
    return person.sees_all or visible_to(person).filter(pk=conversation.pk).exists()


def may_acknowledge(user: User, escalation: Escalation) -> bool:
    """Whether this person may take or decide it: paged, or of its level or above, and sees it."""
    if not user.can_answer or not _sees(user, escalation.conversation):
        return False
    paged = PagedPerson.objects.filter(step__escalation=escalation, user=user)
    return Level(escalation.level).is_within(user.role) or paged.exists()


def may_withdraw(user: User, escalation: Escalation) -> bool:
    """Whether this person may say that it was not needed: who raised it, or who may decide."""
    raised = escalation.raised_by_id == user.pk and _sees(user, escalation.conversation)
    return raised or may_acknowledge(user, escalation)


def escalations_of(user: User) -> QuerySet[Escalation]:
    """Every escalation of the conversations this person may know about, with all that was done."""
    steps = EscalationStep.objects.prefetch_related("people")
    return (
        Escalation.objects.filter(conversation__in=visible_to(user))
        .select_related(
            "raised_by",
            "ended_by",
            "acknowledgement__by",
            "conversation__contact",
            "conversation__handle",
            "conversation__team",
            "conversation__channel",
        )
        .prefetch_related(Prefetch("steps", steps), "additions__added_by")
    )


def open_count(user: User) -> int:
    """How many escalations wait for a decision in what this person may see."""
    return Escalation.objects.filter(ended_at=None, conversation__in=visible_to(user)).count()
