"""The list of promises: add, change, move, take out.

Running clocks keep what was promised when they started, so no change here moves a due time.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

from django.db import transaction
from django.db.models import Max

from harken.domain.channels.models import Channel
from harken.domain.contacts.models import Mark
from harken.domain.conversations.models import Priority, Topic
from harken.domain.journal.services import record
from harken.domain.people.models import Brand, Team, User
from harken.domain.places import change_places
from harken.domain.sla.events import (
    SLAPolicyAdded,
    SLAPolicyChanged,
    SLAPolicyMoved,
    SLAPolicyRetired,
)
from harken.domain.sla.models import BusinessHours, SLAPolicy
from harken.domain.sla.services.permission import need_manager
from harken.kit import clock
from harken.kit.connector import Why
from harken.kit.refusals import Invalid


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a policy says. Conditions left None (or empty) always hold; targets are seconds."""

    name: str
    brand: Brand | None = None
    channel: Channel | None = None
    topic: Topic | None = None
    team: Team | None = None
    why: str = ""
    priority: str = ""
    mark: str = ""
    first_response: int | None = None
    next_response: int | None = None
    resolution: int | None = None
    hours: BusinessHours | None = None
    pauses: bool = False

    def checked(self) -> dict[str, object]:
        """The columns. Raises `Invalid` without a name or any target."""
        if not self.name.strip() or len(self.name) > 80:
            raise Invalid("Give the promise a name of at most 80 characters.")
        if self.why and self.why not in set(Why):
            raise Invalid("Choose one of the ways in which a post reaches us.")
        if self.priority and self.priority not in Priority.values:
            raise Invalid("Choose one of the priorities: low, normal, high or urgent.")
        if self.mark not in Mark.values:
            raise Invalid("Choose one of the marks a contact can have.")
        if self.first_response is None and self.next_response is None and self.resolution is None:
            raise Invalid("Promise at least one thing: a first answer, a next one, or a solution.")
        said = {field.name: getattr(self, field.name) for field in fields(self)}
        return said | {"name": self.name.strip()}


def add_policy(terms: Terms, *, by: User) -> SLAPolicy:
    """Put a promise at the end of the list. Raises `NotAllowed`, `Invalid`."""
    need_manager(by)
    columns = terms.checked()
    with transaction.atomic():
        last = SLAPolicy.objects.aggregate(last=Max("position"))["last"] or 0
        policy = SLAPolicy.objects.create(position=last + 1, **columns)
        record(SLAPolicyAdded(by=by.pk, policy=policy.pk))
    return policy


def change_policy(policy: SLAPolicy, terms: Terms, *, by: User) -> SLAPolicy:
    """Say something else from now on. Raises `NotAllowed`, `Invalid`."""
    need_manager(by)
    columns = terms.checked()
    with transaction.atomic():
        SLAPolicy.objects.filter(pk=policy.pk).update(**columns)
        record(SLAPolicyChanged(by=by.pk, policy=policy.pk))
    policy.refresh_from_db()
    return policy


def move_policy(policy: SLAPolicy, *, up: bool, by: User) -> SLAPolicy:
    """Change places with the neighbour above or below; at the end of the list nothing happens."""
    need_manager(by)
    with transaction.atomic():
        if change_places(SLAPolicy.objects.filter(retired_at=None), policy.pk, up=up):
            record(SLAPolicyMoved(by=by.pk, policy=policy.pk))
    policy.refresh_from_db()
    return policy


def retire_policy(policy: SLAPolicy, *, by: User) -> SLAPolicy:
    """Take a promise out of the list; what was promised under it is still kept."""
    need_manager(by)
    with transaction.atomic():
        listed = SLAPolicy.objects.filter(pk=policy.pk, retired_at=None)
        if listed.update(retired_at=clock.now()):
            record(SLAPolicyRetired(by=by.pk, policy=policy.pk))
    policy.refresh_from_db()
    return policy
