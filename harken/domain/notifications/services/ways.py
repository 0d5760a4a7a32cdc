"""How notifications reach a person: which ways for which kind, quiet hours, browsers, pagers.

People choose for themselves, so `by` is always the person concerned.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from zoneinfo import available_timezones

from django.db import transaction

from harken.domain.journal.services import record
from harken.domain.notifications.events import NotificationMade, WaysChanged
from harken.domain.notifications.kinds import KINDS, Way
from harken.domain.notifications.models import (
    Delivery,
    Notification,
    Pager,
    Preference,
    PushSubscription,
    QuietHours,
)
from harken.domain.notifications.outside import is_endpoint, service_name
from harken.domain.notifications.queries import addresses_of
from harken.domain.people.models import User
from harken.kit.refusals import Invalid
from harken.kit.text import storable

MOST_ADDRESSES = 10  # browsers, and as many pagers, of one person
DAY = 24 * 60  # minutes


def choose(wanted: Collection[tuple[str, Way]], *, kinds: Collection[str], by: User) -> None:
    """For `kinds` (keys) exactly the ways in `wanted` are on; a word equal to the default goes."""
    words = [
        Preference(person=by, kind=kind, way=way, on=(kind, way) in wanted)
        for kind in kinds
        for way in Way
        if ((kind, way) in wanted) != (way in KINDS[kind].ways)
    ]
    with transaction.atomic():
        Preference.objects.filter(person=by, kind__in=kinds).delete()
        Preference.objects.bulk_create(words)
        record(WaysChanged(by=by.pk, only_for=by.pk))


def keep_quiet(*, starts: int, ends: int, zone: str, by: User) -> QuietHours:
    """Hold back what is not urgent between two minutes of the day in `zone`. Raises `Invalid`."""
    if zone not in available_timezones():
        raise Invalid("There is no such time zone. Write it like Europe/Amsterdam.")
    if not (0 <= starts < DAY and 0 <= ends < DAY):
        raise Invalid("Give both times as hours and minutes, such as 22:00.")
    if starts == ends:
        raise Invalid("Quiet hours that begin when they end would never be over. Change one.")
    with transaction.atomic():
        kept, _ = QuietHours.objects.update_or_create(
            person=by, defaults={"zone": zone, "starts": starts, "ends": ends}
        )
        record(WaysChanged(by=by.pk, only_for=by.pk))
        return kept


def end_quiet(*, by: User) -> None:
    """No quiet hours any more. What is held back already comes when they would have ended."""
    with transaction.atomic():
        QuietHours.objects.filter(person=by).delete()
        record(WaysChanged(by=by.pk, only_for=by.pk))


@dataclass(frozen=True, slots=True)
class Browser:
    """What a browser says of itself when it may be woken (PushSubscription of the Push API)."""

    endpoint: str
    p256dh: str
    auth: str
    name: str


def wake_browser(browser: Browser, *, by: User) -> PushSubscription:
    """Keep a browser that may be woken; whoever used it before is woken there no more.

    Raises `Invalid`.
    """
    if not (is_endpoint(browser.endpoint) and browser.p256dh and browser.auth):
        raise Invalid("This browser gave no usable address. Try again, or use another browser.")
    if max(len(browser.endpoint), len(browser.p256dh) * 10, len(browser.auth) * 10) > 1200:
        raise Invalid("This browser's address is too long to be one.")
    _room_for_one(PushSubscription.objects.filter(person=by).count())
    with transaction.atomic():
        PushSubscription.objects.filter(endpoint=browser.endpoint).delete()
        kept = PushSubscription.objects.create(
            person=by,
            endpoint=browser.endpoint,
            p256dh=browser.p256dh,
            auth=browser.auth,
            browser=storable(browser.name, 60),
        )
        record(WaysChanged(by=by.pk, only_for=by.pk))
        return kept


def forget_browser(endpoint: str, *, by: User) -> None:
    """Do not wake that browser any more; one that is not known is forgotten already."""
    with transaction.atomic():
        PushSubscription.objects.filter(person=by, endpoint=endpoint).delete()
        record(WaysChanged(by=by.pk, only_for=by.pk))


def add_pager(*, name: str, address: str, by: User) -> Pager:
    """Keep a pager's address, encrypted. Raises `Invalid` with what is wrong about it."""
    service = service_name(address)
    _room_for_one(Pager.objects.filter(person=by).count())
    with transaction.atomic():
        pager = Pager.objects.create(
            person=by,
            name=storable(name.strip(), 60) or service,
            service=service,
            address=address.strip(),
        )
        record(WaysChanged(by=by.pk, only_for=by.pk))
        return pager


def remove_pager(pager: Pager, *, by: User) -> None:
    """Forget a pager of one's own."""
    with transaction.atomic():
        Pager.objects.filter(pk=pager.pk, person=by).delete()
        record(WaysChanged(by=by.pk, only_for=by.pk))


def send_test(*, by: User) -> Notification:
    """Send `by` a test by every way there is, whatever they chose and however quiet it is."""
    with transaction.atomic():
        told = Notification.objects.create(
            person=by, kind="test", text="This is a test. It has reached you."
        )
        known = addresses_of([by.pk])[by.pk]
        ways = [Delivery(way=Way.PUSH, subscription_id=pk) for pk in known.subscriptions]
        ways += [Delivery(way=Way.PAGER, pager_id=pk) for pk in known.pagers]
        ways += [Delivery(way=Way.EMAIL)] if known.email else []
        for delivery in ways:
            delivery.notification = told
        Delivery.objects.bulk_create(ways)
        record(NotificationMade(notification=told.pk, only_for=by.pk))
        return told


def _room_for_one(known: int) -> None:
    if known >= MOST_ADDRESSES:
        raise Invalid(f"You have {known} of these already. Remove one first.")
