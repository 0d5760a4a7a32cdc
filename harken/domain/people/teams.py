"""The verbs of teams: which there are, and who works in them. Rights follow at once."""

from __future__ import annotations

from django.db import transaction
from django.utils.text import slugify

from harken.domain.journal.services import record
from harken.domain.people.events import MembershipChanged, TeamAdded, TeamRenamed
from harken.domain.people.models import Brand, Membership, Role, Team, User
from harken.kit.refusals import Invalid, NotAllowed
from harken.kit.text import storable

LONGEST_NAME = 60  # characters


def add_team(name: str, brand: Brand, *, by: User) -> Team:
    """A new team, with nobody in it. Raises `NotAllowed`, and `Invalid` for a name in use."""
    if by.role != Role.MANAGER:
        raise NotAllowed("Teams are added by managers.")
    with transaction.atomic():
        name = _free_name(name)
        team = Team.objects.create(brand=brand, name=name, slug=_free_slug(name))
        record(TeamAdded(by=by.pk, team=team.pk))
        return team


def rename_team(team: Team, name: str, *, by: User) -> Team:
    """Call it something else; its address stays. Raises `NotAllowed`, `Invalid`."""
    may_lead(by, team)
    with transaction.atomic():
        team.name = _free_name(name, besides=team)
        team.save(update_fields=["name"])
        record(TeamRenamed(by=by.pk, team=team.pk))
        return team


def join(team: Team, user: User, *, by: User) -> None:
    """`user` works in the team and sees its conversations from now on. Raises `NotAllowed`."""
    may_lead(by, team)
    with transaction.atomic():
        _, fresh = Membership.objects.get_or_create(user=user, team=team)
        if fresh:
            record(_changed(team, user, by, joined=True))


def leave(team: Team, user: User, *, by: User) -> None:
    """`user` works in the team no more, and sees nothing of it any more. Raises `NotAllowed`."""
    may_lead(by, team)
    with transaction.atomic():
        gone, _ = Membership.objects.filter(user=user, team=team).delete()
        if gone:
            record(_changed(team, user, by, joined=False))


def may_lead(user: User, team: Team) -> None:
    """Raises `NotAllowed` unless `user` is a manager, or a lead of this very team."""
    leads = user.role == Role.LEAD and user.teams.filter(pk=team.pk).exists()
    if user.role != Role.MANAGER and not leads:
        raise NotAllowed(f"{team} is changed by its own leads, and by managers.")


def _changed(team: Team, user: User, by: User, *, joined: bool) -> MembershipChanged:
    return MembershipChanged(by=by.pk, teams=(team.pk,), user=user.pk, team=team.pk, joined=joined)


def _free_name(name: str, besides: Team | None = None) -> str:
    said = storable(" ".join(name.split()), LONGEST_NAME)
    if not said:
        raise Invalid("The team needs a name.")
    known = Team.objects.filter(name__iexact=said).exclude(pk=besides.pk if besides else 0)
    if known.exists():
        raise Invalid(f"There is a team “{said}” already; choose another name.")
    return said


def _free_slug(name: str) -> str:
    slug = wanted = slugify(name)[:36] or "team"
    number = 2
    while Team.objects.filter(slug=slug).exists():
        slug, number = f"{wanted}-{number}", number + 1
    return slug
