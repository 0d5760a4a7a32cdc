"""Who may change which roster, said once; and having a worker look at what changed."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models.functions import Now

from harken.domain.people.models import Role, Team, User
from harken.domain.roster.models import TeamRoster
from harken.kit.refusals import NotAllowed


def may_plan(by: User, team: Team) -> bool:
    """Whether this person makes this team's plans: its leads, and managers."""
    if by.role == Role.MANAGER:
        return True
    return by.role == Role.LEAD and by.teams.filter(pk=team.pk).exists()


def need_planner(by: User, team: Team) -> None:
    """Raises `NotAllowed` unless this person makes the plans of this team."""
    if not may_plan(by, team):
        raise NotAllowed(f"The leads of {team} and managers make its plans. Ask one of them.")


def may_plan_for(by: User, person: User) -> bool:
    """Whether `by` may say that `person` is away: oneself, or who plans one of their teams."""
    return by.pk == person.pk or any(may_plan(by, team) for team in person.teams.all())


def need_reader(by: User, team: Team) -> None:
    """Raises `NotAllowed` for people who do not see this team."""
    if not (by.sees_all or by.teams.filter(pk=team.pk).exists()):
        raise NotAllowed(f"Only people of {team} see its roster.")


def need_member(by: User, team: Team) -> None:
    """Raises `NotAllowed` for people outside the team and for who only looks on."""
    need_reader(by, team)
    if not by.can_answer:
        raise NotAllowed("You can read here, but not change anything. Ask your lead for a role.")


def can_stand(person: User, team: Team) -> bool:
    """Whether a person can be planned in a team: active, allowed to answer, and in it."""
    inside = person.sees_all or person.teams.filter(pk=team.pk).exists()
    return person.is_active and person.can_answer and inside


def look_now(teams: Iterable[int]) -> None:
    """Have a worker look at these teams (ids): their plans changed. Makes their rosters."""
    TeamRoster.objects.bulk_create(
        [TeamRoster(team_id=team, look_at=Now()) for team in sorted(set(teams))],
        update_conflicts=True,
        unique_fields=["team"],
        update_fields=["look_at"],
    )


def planned_teams(person: User) -> list[int]:
    """The teams (ids) in whose plans a person stands, as planned or standing in."""
    own = Team.objects.filter(layers__shifts__person=person, layers__retired_at=None)
    helped = Team.objects.filter(layers__shifts__swaps__to=person, layers__retired_at=None)
    return sorted({*own.values_list("pk", flat=True), *helped.values_list("pk", flat=True)})
