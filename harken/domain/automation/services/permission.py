"""Who may write rules, said once."""

from __future__ import annotations

from harken.domain.people.models import User
from harken.kit.refusals import NotAllowed


def need_manager(by: User) -> None:
    """Raises `NotAllowed` unless this person is a lead or manager."""
    if not by.can_manage:
        raise NotAllowed("Leads and managers write rules. Ask one of them.")
