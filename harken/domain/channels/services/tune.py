"""A person stops a channel, lets it go on, and says what it listens for."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from harken.domain.channels.events import ChannelPaused, ChannelResumed, ChannelTuned
from harken.domain.channels.models import Channel, ChannelState
from harken.domain.channels.services.permission import need_manager
from harken.domain.journal.services import record
from harken.domain.people.models import User
from harken.kit import clock
from harken.kit.refusals import Invalid

MOST_TERMS = 20  # each is one more search at the network, every few seconds
LONGEST_TERM = 100  # characters
LONGEST_UNDO = 60  # seconds; a customer is waiting


def pause(channel: Channel, *, by: User) -> Channel:
    """Stop listening and sending. Raises `NotAllowed`; paused already is success."""
    need_manager(by)
    with transaction.atomic():
        row = Channel.objects.select_for_update().get(pk=channel.pk)
        if row.state != ChannelState.PAUSED:
            row.state, row.state_since, row.wait_until = ChannelState.PAUSED, clock.now(), None
            row.save(update_fields=["state", "state_since", "wait_until"])
            record(ChannelPaused(channel=row.pk, by=by.pk))
    return row


def resume(channel: Channel, *, by: User) -> Channel:
    """Go on from the stored cursor, so nothing is missed. Raises `NotAllowed`."""
    need_manager(by)
    with transaction.atomic():
        row = Channel.objects.select_for_update().get(pk=channel.pk)
        if row.state == ChannelState.PAUSED:
            # If the login was lost meanwhile, the first read says so again.
            row.state, row.state_since, row.last_error = ChannelState.CONNECTED, clock.now(), ""
            row.save(update_fields=["state", "state_since", "last_error"])
            record(ChannelResumed(channel=row.pk, by=by.pk))
    return row


def set_listen_for(channel: Channel, terms: Iterable[str], *, by: User) -> Channel:
    """Listen for these hashtags (with #) and words. Raises `NotAllowed`, `Invalid`."""
    need_manager(by)
    wanted = list(dict.fromkeys(" ".join(term.split()) for term in terms if term.strip()))
    if len(wanted) > MOST_TERMS:
        raise Invalid(
            f"Listen for at most {MOST_TERMS} words. Take {len(wanted) - MOST_TERMS} out."
        )
    for term in wanted:
        if len(term) > LONGEST_TERM or len(term.lstrip("#")) < 2:
            raise Invalid(f"“{term[:40]}” has to have 2 to {LONGEST_TERM} characters.")
    return _tuned(channel, by, listen_for=wanted)


def set_undo_seconds(channel: Channel, seconds: int, *, by: User) -> Channel:
    """How long an answer can be taken back before it leaves. Raises `NotAllowed`, `Invalid`."""
    need_manager(by)
    if not 0 <= seconds <= LONGEST_UNDO:
        raise Invalid(f"The time to take an answer back is 0 to {LONGEST_UNDO} seconds.")
    return _tuned(channel, by, undo_seconds=seconds)


def _tuned(channel: Channel, by: User, **values: object) -> Channel:
    with transaction.atomic():
        row = Channel.objects.select_for_update().get(pk=channel.pk)
        if any(getattr(row, name) != value for name, value in values.items()):
            for name, value in values.items():
                setattr(row, name, value)
            row.save(update_fields=list(values))
            record(ChannelTuned(channel=row.pk, by=by.pk))
    return row
