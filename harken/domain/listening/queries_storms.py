"""Whose numbers a monitor's are, which storms there are, and who should know of one.

A monitor of a team counts the posts of that team's conversations and of those no team has; its
numbers are for that team's people. One without a team counts every team's, so they are for those
who see every team. This is decided here and nowhere else.
"""

from __future__ import annotations

from django.db.models import F, Q, QuerySet

from harken.domain.conversations.queries import visible_to
from harken.domain.listening.models import Monitor, MonitorHit
from harken.domain.listening.models_mentions import Mention
from harken.domain.listening.models_storms import MonitorStorm
from harken.domain.people.models import Role, Team, User
from harken.domain.roster.queries import is_on_duty, lead_on_duty, on_call

#: Nobody has taken the post back.
STANDING = {"message__deleted_at": None, "mention__deleted_at": None}
#: Posts that are in no conversation belong to nobody, so everybody may count them.
_NOBODYS = Q(message=None)


def hits_of(monitor: Monitor) -> QuerySet[MonitorHit]:
    """What a monitor heard of its own team's conversations, or of all if it has no team."""
    found = MonitorHit.objects.filter(monitor=monitor, **STANDING)
    if monitor.team_id is None:
        return found
    theirs = Q(message__conversation__reader_team=monitor.team_id)
    return found.filter(_NOBODYS | theirs | Q(message__conversation__reader_team=None))


def hits_for(user: User) -> QuerySet[MonitorHit]:
    """What all monitors heard, each counted as far as `user` may count it.

    Of a monitor whose numbers are theirs: what `hits_of` says. Of others: what they may see.
    """
    found = MonitorHit.objects.filter(**STANDING)
    every = _NOBODYS | Q(message__conversation__reader_team=None)
    same = every | Q(message__conversation__reader_team=F("monitor__team"))
    if user.sees_all:
        return found.filter(same | Q(monitor__team=None))
    mine = Q(monitor__team__in=list(user.teams.values_list("pk", flat=True)))
    return found.filter((mine & same) | (~mine & _may_see(user)))


def hits_seen(user: User) -> QuerySet[MonitorHit]:
    """What all monitors heard of the conversations `user` may see."""
    found = MonitorHit.objects.filter(**STANDING)
    return found if user.sees_all else found.filter(_may_see(user))


def _may_see(user: User) -> Q:
    everybodys = Q(message=None, monitor__team=None)
    return everybodys | Q(message__conversation__in=visible_to(user))


def sees_usual(monitor: Monitor, user: User) -> bool:
    """Whether what is usual for a monitor, and its storms, may be shown to `user`."""
    return user.sees_all or user.teams.filter(pk=monitor.team_id).exists()


def storms_for(user: User) -> QuerySet[MonitorStorm]:
    """The storms of the monitors whose numbers `user` may see, the newest first."""
    found = MonitorStorm.objects.select_related("monitor__team")
    if user.sees_all:
        return found
    return found.filter(monitor__team__in=user.teams.values("pk"))


def named_posts(storm: MonitorStorm, user: User) -> dict[int, Mention]:
    """The mentions a storm's cause names, those that `user` may see and that still stand."""
    cause = storm.cause
    named = [*cause.get("leading", []), *cause.get("voices", []), cause.get("spread", {})]
    ids = [each["mention"] for each in named if "mention" in each]
    found = Mention.objects.filter(pk__in=ids, deleted_at=None, message__deleted_at=None)
    found = found.select_related("message__handle")
    if not user.sees_all:
        found = found.filter(Q(message=None) | Q(message__conversation__in=visible_to(user)))
    return {each.pk: each for each in found}


def who_is_told(team: Team | None) -> list[User]:
    """The lead on duty; else the leads who are on call; else the team's leads, else managers."""
    managers = User.objects.filter(is_active=True, role=Role.MANAGER).order_by("pk")
    if team is None:
        return [each for each in managers if is_on_duty(each)] or list(managers)
    lead = lead_on_duty(team)
    if lead is not None:
        return [lead]
    called = [each for each in on_call(team) if each.can_manage]
    leads = team.members.filter(is_active=True, role=Role.LEAD).order_by("pk")
    return called or list(leads) or list(managers)
