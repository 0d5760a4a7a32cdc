"""States of a channel and the events they leave: one for each change, none for a repeat."""

from __future__ import annotations

from datetime import timedelta

import pytest

from harken.domain.channels.models import Channel, ChannelState
from harken.domain.channels.queries import health_of
from harken.domain.channels.services.mark import (
    mark_failing,
    mark_heard,
    mark_lost,
    mark_waiting,
)
from harken.domain.channels.services.tune import pause
from harken.domain.journal.models import Event
from harken.kit import clock
from tests.cast import Company


def events() -> list[str]:
    told = Event.objects.filter(kind__startswith="Channel").order_by("id")
    return list(told.values_list("kind", flat=True))


def again(channel: Channel) -> Channel:
    return Channel.objects.get(pk=channel.pk)


def test_a_read_that_worked_moves_last_heard_and_records_nothing(company: Company) -> None:
    mark_heard(company.channel)
    assert again(company.channel).last_heard_at is not None
    assert events() == []


def test_failing_is_told_once_and_recovery_once(company: Company) -> None:
    mark_failing(company.channel, "no route")
    mark_failing(company.channel, "still no route")
    failing = again(company.channel)
    assert (failing.state, failing.last_error) == (ChannelState.FAILING, "still no route")
    mark_heard(failing)
    mark_heard(failing)
    healthy = again(company.channel)
    assert (healthy.state, healthy.last_error) == (ChannelState.CONNECTED, "")
    assert events() == ["ChannelFailing", "ChannelRecovered"]


def test_a_lost_login_stays_lost_whatever_a_late_read_says(company: Company) -> None:
    mark_lost(company.channel, "revoked")
    lost = again(company.channel)
    mark_heard(lost)
    mark_failing(lost, "no route")
    mark_lost(lost, "revoked again")
    assert again(lost).state == ChannelState.NEEDS_LOGIN
    assert again(lost).last_error == "revoked"
    assert events() == ["ChannelLost"]


def test_a_no_to_an_old_login_does_not_undo_a_new_one(company: Company) -> None:
    before = again(company.channel)
    Channel.objects.filter(pk=before.pk).update(state_since=clock.now())
    mark_lost(before, "revoked")
    assert again(before).state == ChannelState.CONNECTED
    assert events() == []


def test_a_paused_channel_stays_paused(company: Company) -> None:
    pause(company.channel, by=company.lena)
    paused = again(company.channel)
    mark_failing(paused, "x")
    mark_lost(paused, "x")
    mark_heard(paused)
    assert again(paused).state == ChannelState.PAUSED
    assert events() == ["ChannelPaused"]


def test_a_wait_is_told_once_and_a_read_ends_it_only_when_it_is_over(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    until = clock.now() + timedelta(seconds=40)
    mark_heard(company.channel)
    mark_waiting(company.channel, until)
    mark_waiting(company.channel, until + timedelta(seconds=5))
    mark_heard(company.channel)  # another caller's read: a send was told to wait
    assert health_of(again(company.channel)).state == "waiting"
    monkeypatch.setattr(clock, "now", lambda: until + timedelta(seconds=6))
    mark_heard(company.channel)
    assert again(company.channel).wait_until is None
    assert health_of(again(company.channel)).state == "connected"
    assert events() == ["ChannelWaiting"]


def test_a_channel_removed_meanwhile_is_no_error(company: Company) -> None:
    gone = again(company.channel)
    Channel.objects.filter(pk=gone.pk).delete()
    mark_failing(gone, "x")
    mark_heard(gone)
    assert events() == []


def test_a_network_that_says_a_lot_is_cut_short(company: Company) -> None:
    mark_failing(company.channel, "x" * 10_000)
    assert len(again(company.channel).last_error) == 500


@pytest.mark.parametrize("minutes", [2, 60])
def test_a_channel_not_heard_for_over_a_minute_is_shown_silent(
    company: Company, minutes: int
) -> None:
    long_ago = clock.now() - timedelta(minutes=minutes)
    Channel.objects.update(last_heard_at=long_ago, state_since=long_ago)
    health = health_of(again(company.channel))
    assert health.state == "silent"
    assert "harken listen" in health.advice
