"""How long each level has to acknowledge, and trying whether a page reaches oneself."""

from __future__ import annotations

from django.db import transaction

from harken.domain.escalation.events import EscalationPathChanged
from harken.domain.escalation.models import EscalationPath, Level
from harken.domain.journal.services import record
from harken.domain.people.models import Team, User
from harken.kit.refusals import Invalid, NotAllowed

SHORTEST, LONGEST = 10, 24 * 3600  # seconds a level may have


def set_path(team: Team | None, seconds: dict[Level, int], *, by: User) -> EscalationPath:
    """Give each level of a team (None: of all teams without a path of their own) its seconds.

    What runs keeps the moment it has; the next page counts anew. Raises `NotAllowed`, `Invalid`.
    """
    _need_manager(by)
    for level in Level:
        if not SHORTEST <= seconds.get(level, 0) <= LONGEST:
            raise Invalid(f"{level.label}: give between {SHORTEST} seconds and a day.")
    values = {f"{level.value}_seconds": seconds[level] for level in Level}
    with transaction.atomic():
        path, _ = EscalationPath.objects.update_or_create(team=team, defaults=values)
        record(EscalationPathChanged(by=by.pk, team=team.pk if team else None))
    return path


def drop_path(team: Team, *, by: User) -> None:
    """The team goes by the path for the rest again. Raises `NotAllowed`."""
    _need_manager(by)
    with transaction.atomic():
        gone, _ = EscalationPath.objects.filter(team=team).delete()
        if gone:
            record(EscalationPathChanged(by=by.pk, team=team.pk))


def _need_manager(by: User) -> None:
    if not by.can_manage:
        raise NotAllowed("Leads and managers change who is paged when. Ask one of them.")
