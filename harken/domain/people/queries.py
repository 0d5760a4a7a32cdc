"""Reading people and teams."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from harken.domain.lookups import Lookup
from harken.domain.people.models import Role, Team, User


def answering_people(team: Team | None = None) -> QuerySet[User]:
    """Active people who may write to customers, by name; with `team` only those who see it."""
    people = User.objects.filter(is_active=True).exclude(role=Role.VIEWER)
    if team is not None:
        sees_all = Q(role__in=[Role.MANAGER, Role.EXECUTIVE])
        people = people.filter(Q(teams=team) | sees_all).distinct()
    return people.order_by("display_name", "username")


def whole_teams(found: QuerySet[Team]) -> Lookup[list[Team]]:
    """These teams as they are stored, oldest first, to be asked with other things."""
    columns = [field.attname for field in Team._meta.concrete_fields]
    rows = found.order_by("id").values_list(*columns)
    return Lookup(rows, lambda rows: [Team(*row) for row in rows])


def may_see_team(user: User, team: int | None) -> bool:
    """Whether somebody may know about what belongs to a team (id); what has none is everybody's."""
    return team is None or user.sees_all or team in {each.pk for each in user.teams.all()}


def first_in_role(role: str) -> User | None:
    """The person of that role who was there first; the demo plays them."""
    return User.objects.filter(is_active=True, role=role).order_by("pk").first()
