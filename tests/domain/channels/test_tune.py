"""Pausing, resuming, listen-for words, the undo time and quarantine: who may, and what remains."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import pytest

from harken.domain.channels.models import Channel, ChannelState, Quarantined, QuarantineState
from harken.domain.channels.queries import channels_health, held_items
from harken.domain.channels.services.settle_quarantine import SettledAlready, discard
from harken.domain.channels.services.tune import (
    pause,
    resume,
    set_listen_for,
    set_undo_seconds,
)
from harken.domain.journal.models import Event
from harken.domain.people.models import User
from harken.kit.refusals import Invalid, NotAllowed
from tests.cast import Company


def kinds() -> list[str]:
    return list(Event.objects.order_by("id").values_list("kind", flat=True))


def test_pause_and_resume_are_each_told_once_with_their_author(company: Company) -> None:
    pause(company.channel, by=company.lena)
    assert pause(company.channel, by=company.maren).state == ChannelState.PAUSED
    assert resume(company.channel, by=company.maren).state == ChannelState.CONNECTED
    resume(company.channel, by=company.lena)
    assert kinds() == ["ChannelPaused", "ChannelResumed"]
    assert list(Event.objects.order_by("id").values_list("actor_id", flat=True)) == [
        company.lena.pk,
        company.maren.pk,
    ]


CHANGES: list[Callable[[Channel, User], object]] = [
    lambda channel, by: pause(channel, by=by),
    lambda channel, by: resume(channel, by=by),
    lambda channel, by: set_listen_for(channel, ["#x1"], by=by),
    lambda channel, by: set_undo_seconds(channel, 5, by=by),
]


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("who", ["mika", "elif_", "vic"])
def test_agents_executives_and_viewers_change_no_channel(
    company: Company, change: Callable[[Channel, User], object], who: str
) -> None:
    with pytest.raises(NotAllowed):
        change(company.channel, getattr(company, who))
    assert kinds() == []


def test_listen_for_words_are_tidied_and_told_once(company: Company) -> None:
    words = ["  #meridian ", "lost   bag", "#meridian", ""]
    assert set_listen_for(company.channel, words, by=company.lena).listen_for == [
        "#meridian",
        "lost bag",
    ]
    set_listen_for(company.channel, ["#meridian", "lost bag"], by=company.lena)
    assert kinds() == ["ChannelTuned"]


@pytest.mark.parametrize("words", [["#"], ["a"], ["w" * 101], [f"word{n}" for n in range(21)]])
def test_words_that_would_find_everything_or_nothing_are_refused(
    company: Company, words: list[str]
) -> None:
    with pytest.raises(Invalid):
        set_listen_for(company.channel, words, by=company.lena)
    assert Channel.objects.get(pk=company.channel.pk).listen_for == []


def test_the_undo_time_has_bounds(company: Company) -> None:
    assert set_undo_seconds(company.channel, 0, by=company.lena).undo_seconds == 0
    for seconds in (-1, 121):
        with pytest.raises(Invalid):
            set_undo_seconds(company.channel, seconds, by=company.lena)


def held(channel: Channel, raw: bytes = b"{") -> Quarantined:
    digest = hashlib.sha256(raw).digest()
    return Quarantined.objects.create(channel=channel, sha256=digest, raw=raw, error="no JSON")


def test_a_discarded_item_leaves_the_list_and_keeps_its_bytes(company: Company) -> None:
    item = held(company.channel)
    assert channels_health()[0].quarantined == 1
    discard(item, by=company.lena)
    kept = Quarantined.objects.get(pk=item.pk)
    assert bytes(kept.raw) == b"{"
    assert kept.state == QuarantineState.DISCARDED
    assert kept.settled_at is not None
    assert not held_items(company.channel).exists()
    assert channels_health()[0].quarantined == 0
    with pytest.raises(SettledAlready):
        discard(item, by=company.maren)
    assert kinds() == ["QuarantineSettled"]


def test_an_agent_discards_nothing(company: Company) -> None:
    item = held(company.channel)
    with pytest.raises(NotAllowed):
        discard(item, by=company.mika)
    assert held_items(company.channel).get() == item
