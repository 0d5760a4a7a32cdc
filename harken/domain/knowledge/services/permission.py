"""Who may write what we know, said once."""

from __future__ import annotations

from harken.domain.knowledge.models import SavedAnswer
from harken.domain.people.models import Brand, User
from harken.kit.refusals import NotAllowed


def may_manage(brand: Brand, by: User) -> None:
    """Raises `NotAllowed` for all but managers and leads of a team of the brand."""
    if not by.can_manage:
        raise NotAllowed("Leads and managers write saved answers and guidelines. Ask one of them.")
    if not (by.sees_all or by.teams.filter(brand=brand).exists()):
        raise NotAllowed(f"What {brand} says is looked after by its own leads.")


def may_change(answer: SavedAnswer, by: User) -> None:
    """Raises `NotAllowed` for all but the owner of the answer and who may manage its brand."""
    if answer.owner_id != by.pk or not by.can_answer:
        may_manage(answer.brand, by)
