"""How the channels are doing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, Q, QuerySet

from harken.domain.channels.models import (
    Channel,
    ChannelState,
    ProcessBeat,
    Quarantined,
    QuarantineState,
)
from harken.domain.channels.registry import connector_classes
from harken.kit import clock

SILENT_AFTER = timedelta(seconds=60)  # the promise: within a minute somebody sees it
BEAT_LATE = timedelta(seconds=15)  # a process beats every 5 s


@dataclass(frozen=True, slots=True)
class Health:
    """One channel as the channels page shows it. `advice` is what a person can do, or empty."""

    channel: Channel
    network_label: str
    letter: str
    state: str  # connected | silent | waiting | failing | needs_login | paused
    word: str
    advice: str
    quarantined: int


_WORDS = {
    "connected": ("Listening", ""),
    "silent": ("Silent", "No read worked for a minute. Check that “harken listen” is running."),
    "waiting": (
        "Asked to wait",
        "The network asked us to slow down. Reading goes on by itself; nothing is lost.",
    ),
    "failing": (
        "Not answering",
        "We try again at least every 30 seconds and read what we missed. If it lasts, "
        "check the address and the network's status page.",
    ),
    "needs_login": (
        "Needs a new login",
        "The network ended our login. Connect again below: answers wait and what was "
        "missed is read then.",
    ),
    "paused": ("Paused", "Nothing is read or sent. Resume to go on where it stopped."),
}


def channels_health() -> list[Health]:
    """Every channel with its health, those that need somebody first."""
    rows = Channel.objects.select_related("brand", "team").annotate(
        held=Count("quarantine", filter=Q(quarantine__state=QuarantineState.HELD))
    )
    order = ["needs_login", "failing", "silent", "waiting", "connected", "paused"]
    return sorted((health_of(row) for row in rows), key=lambda each: order.index(each.state))


def health_of(channel: Channel) -> Health:
    """The health of one channel; counts its quarantine unless it comes with `held`."""
    held = getattr(channel, "held", None)
    made = connector_classes().get(channel.network)
    state = _state_of(channel)
    word, advice = _WORDS[state]
    return Health(
        channel=channel,
        network_label=made.label if made else channel.network,
        letter=made.letter if made else "?",
        state=state,
        word=word,
        advice=advice,
        quarantined=held_items(channel).count() if held is None else held,
    )


def _state_of(channel: Channel) -> str:
    moment = clock.now()
    if channel.state != ChannelState.CONNECTED:
        return str(channel.state)
    if channel.wait_until and channel.wait_until > moment:
        return "waiting"
    since = max(channel.last_heard_at or channel.state_since, channel.state_since)
    return "silent" if since < moment - SILENT_AFTER else "connected"


def held_items(channel: Channel) -> QuerySet[Quarantined]:
    """What nobody could read and nobody has looked at yet, oldest first."""
    return Quarantined.objects.filter(channel=channel, state=QuarantineState.HELD).order_by("id")


def somebody_listens() -> bool:
    """Whether a listen process is alive."""
    fresh = clock.now() - BEAT_LATE
    return ProcessBeat.objects.filter(name__startswith="listen:", at__gte=fresh).exists()
