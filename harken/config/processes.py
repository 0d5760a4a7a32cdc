"""What the listen and worker processes do, each until it is told to stop."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harken.domain.notifications.models import Notification

LEAVE = 1.0  # seconds the alarm gets to end


def path_of(told: Notification | None) -> str:
    """Where a notification is shown inside Harken; the list of all of them for None."""
    from django.urls import reverse

    if told is None:
        return reverse("desk:notifications")
    return reverse("desk:open_notification", args=[told.pk])


def run_listen(stop: threading.Event) -> None:
    """Read every connected channel and source; beside it the monitors hear what was read."""
    from harken.config.streams import has_stream, open_stream
    from harken.domain.conversations.listening import run
    from harken.domain.listening.sourcing import run as read_sources
    from harken.domain.listening.tasks import run as hear

    threading.Thread(target=hear, args=(stop,), name="monitors", daemon=True).start()
    stream = open_stream if has_stream() else None
    read = partial(read_sources, stop, stream)
    threading.Thread(target=read, name="sources", daemon=True).start()
    run(stop)


def run_matcher(stop: threading.Event) -> None:
    """Match posts of the stream; any number of these may run, on any number of machines."""
    from contextlib import closing

    from harken.config.streams import open_stream
    from harken.domain.listening.streaming import run

    with closing(open_stream()) as stream:
        run(stream, stop)


def run_worker(stop: threading.Event) -> None:
    """Deliver replies, likes and retractions; beside it whatever has its own moment."""
    from harken.domain.channels.registry import connector_for
    from harken.domain.replies.delivery.loop import run
    from harken.domain.sla import alarms

    alarm = threading.Thread(target=alarms.run, args=(stop,), name="alarm", daemon=True)
    alarm.start()
    for name, work in _beside_the_delivery().items():
        threading.Thread(target=work, args=(stop,), name=name, daemon=True).start()
    run(stop, connector_for=connector_for, worker_name=f"{socket.gethostname()}:{os.getpid()}")
    alarm.join(LEAVE)


def _beside_the_delivery() -> dict[str, Callable[[threading.Event], None]]:
    """What a worker does in threads of their own, by the thread's name."""
    from harken.config.authors import who_knows
    from harken.domain.approvals.tasks import run as ask_for_approval
    from harken.domain.automation.tasks import run as obey
    from harken.domain.bulk.tasks import run as change_many
    from harken.domain.conversations import waking
    from harken.domain.departments.tasks import run as look
    from harken.domain.escalation.tasks import run as page
    from harken.domain.followups.tasks import run as remind
    from harken.domain.handover.tasks import run as keep_talks
    from harken.domain.knowledge.tasks import run as tell_owners
    from harken.domain.listening import naming, taking, watching
    from harken.domain.notifications.delivery import loop as notifying
    from harken.domain.replies.tasks import run as look_at_links
    from harken.domain.replies.tidying import run as let_shapes_leave
    from harken.domain.roster.tasks import run as keep_roster
    from harken.domain.triage.tasks import run as sort

    return {
        "triage": sort,
        "escalation": page,
        "approvals": ask_for_approval,
        "rules": obey,
        "departments": look,
        "roster": keep_roster,
        "waking": waking.run,
        "knowledge": tell_owners,
        "storms": watching.run,
        "mentions": taking.run,
        "authors": partial(naming.run, who_knows=who_knows),
        "links": look_at_links,
        "shapes": let_shapes_leave,
        "talks": keep_talks,
        "followups": remind,
        "bulk": change_many,
        "notifications": partial(notifying.run, path_of=path_of),
    }
