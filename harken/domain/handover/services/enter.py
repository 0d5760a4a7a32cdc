"""The customer's way in: a link opens once, for the first browser that asks, and for no other."""

from __future__ import annotations

import hmac
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F

from harken.domain.handover.events import LinkRefused, PrivateSideOpened
from harken.domain.handover.links import fingerprint, is_signed, new_browser_key
from harken.domain.handover.models import HandOver
from harken.domain.handover.queries import is_over
from harken.domain.handover.services.end import end
from harken.domain.journal.services import record
from harken.domain.replies.services.permission import place_of
from harken.kit import clock


def open_talk_by(token: str, browser: str = "") -> str | None:
    """Open the talk behind a link; the key its browser keeps from now on. None: it does not open.

    A browser that has it open already gets its own key again. Two that ask at the same moment wait
    for each other, so one of them is the second. A talk opened before for the same conversation
    ends: the customer has a newer link now.
    """
    signed = is_signed(token)
    with transaction.atomic():
        rows = HandOver.objects.select_for_update(of=("self",)).select_related("conversation")
        found = rows.filter(token_sha256=fingerprint(token)).first()
        if found is None or not signed or is_over(found, clock.now()):
            return None
        if found.opened_at is not None:
            own = browser and hmac.compare_digest(fingerprint(browser), found.browser_sha256)
            if own:
                return browser
            _refuse(found)
            return None
        return _bind(found)


def _bind(found: HandOver) -> str:
    key, now = new_browser_key(), clock.now()
    found.browser_sha256, found.opened_at = fingerprint(key), now
    found.ends_at = now + timedelta(days=settings.PORTAL_DAYS)
    found.save(update_fields=["browser_sha256", "opened_at", "ends_at"])
    record(PrivateSideOpened(hand_over=found.pk, **place_of(found.conversation)))
    others = HandOver.objects.filter(
        conversation=found.conversation, opened_at__isnull=False, ended_at=None
    )
    for other in others.exclude(pk=found.pk).select_for_update(of=("self",)):
        end(other)
    return key


def _refuse(found: HandOver) -> None:
    """Count it, and tell colleagues the first time."""
    HandOver.objects.filter(pk=found.pk).update(refused=F("refused") + 1)
    if found.refused == 0:
        record(LinkRefused(hand_over=found.pk, **place_of(found.conversation)))
