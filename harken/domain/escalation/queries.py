"""Reading escalations: who is paged at a level, who may take one, and which are open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Prefetch, QuerySet
from django.db.models.functions import Now

from harken.domain.conversations.models import Conversation
from harken.domain.conversations.queries import visible_to
from harken.domain.escalation.models import (
    Escalation,
    EscalationPath,
    EscalationStep,
    Level,
    PagedPerson,
)
from harken.domain.lookups import Lookup, number_of
from harken.domain.people.models import Role, Team, User
from harken.domain.roster.models import Absence, Shift
from harken.domain.roster.queries import is_on_duty, is_rostered, lead_on_duty


def path_of(team: Team | None) -> EscalationPath:
    """The team's own path, else the one for the rest, else the first settings of Harken."""
    own = EscalationPath.objects.filter(team=team).first() if team else None
    return own or EscalationPath.objects.filter(team=None).first() or EscalationPath()


def people_of(level: Level, team: Team | None) -> list[User]:
    """Whom a page to that level reaches now, for a conversation of `team`; empty: nobody.

    The lead on duty, managers on duty, all executives. Where no roster says when somebody is on,
    they count as on: a house that plans nothing must not wake its executives for everything.
    """
    match level:
        case Level.LEAD:
            return _leads(team)
        case Level.MANAGER:
            managers = _active(Role.MANAGER)
            return [one for one in managers if is_on_duty(one)] or _unplanned(managers)
    return list(_active(Role.EXECUTIVE))


def _leads(team: Team | None) -> list[User]:
    if team is None:
        leads = _active(Role.LEAD)
        return [one for one in leads if is_on_duty(one)] or _unplanned(leads)
    if is_rostered(team):
        found = lead_on_duty(team)
        return [found] if found else []
    leads = _active(Role.LEAD).filter(teams=team)
    return [one for one in leads if is_on_duty(one)] or _unplanned(leads)


def _active(role: Role) -> QuerySet[User]:
    return User.objects.filter(is_active=True, role=role).order_by("pk")


def _unplanned(people: QuerySet[User]) -> list[User]:
    """Those whom no roster plans and who are not away."""
    planned = Shift.objects.filter(layer__retired_at=None).values("person")
    away = Absence.objects.filter(starts_at__lte=Now(), ends_at__gt=Now()).values("person")
    return list(people.exclude(pk__in=planned).exclude(pk__in=away))


def anybody(team: Team | None) -> list[User]:
    """Whom to page when the last level has nobody: managers, else leads, on duty or not."""
    leads = _active(Role.LEAD)
    return list(_active(Role.MANAGER)) or list(leads.filter(teams=team) if team else leads)


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


def open_count(user: User) -> Lookup[int]:
    """How many escalations wait for a decision in what this person may see."""
    return number_of(Escalation.objects.filter(ended_at=None, conversation__in=visible_to(user)))


@dataclass(frozen=True, slots=True)
class TimeToAcknowledge:
    """How one level did: pages that had to be acknowledged, how many were, and how soon.

    `seconds` are the median and the ninth tenth of those acknowledged, from the page on.
    """

    level: str
    paged: int
    acknowledged: int
    seconds: tuple[float, float] | None


# A step without anybody to page asked nothing of anybody, so it does not count.
SQL_TIMES = """
SELECT step.level, count(*), count(ack.id),
       percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM ack.at - step.paged_at)),
       percentile_cont(0.9) WITHIN GROUP (ORDER BY extract(epoch FROM ack.at - step.paged_at))
FROM escalation_escalationstep step
LEFT JOIN escalation_acknowledgement ack ON ack.step_id = step.id
WHERE step.due_at IS NOT NULL AND step.paged_at >= %s AND step.paged_at < %s
GROUP BY step.level
"""


def times_to_acknowledge(since: datetime, until: datetime) -> list[TimeToAcknowledge]:
    """Each level's figures for the pages between two moments, from the lead upwards."""
    with connection.cursor() as cursor:
        cursor.execute(SQL_TIMES, [since, until])
        found = {row[0]: row for row in cursor.fetchall()}
    rows = [found.get(level.value, (level.value, 0, 0, None, None)) for level in Level]
    return [
        TimeToAcknowledge(name, paged, taken, None if half is None else (half, most))
        for name, paged, taken, half, most in rows
    ]
