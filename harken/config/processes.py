"""What the listen and worker processes do, each until it is told to stop."""

from __future__ import annotations

import os
import socket
import threading
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
    """Read every connected channel; beside it the monitors hear what was read."""
    from harken.domain.conversations.listening import run
    from harken.domain.listening.tasks import run as hear

    threading.Thread(target=hear, args=(stop,), name="monitors", daemon=True).start()
    run(stop)


def run_worker(stop: threading.Event) -> None:
    """Deliver replies, likes and retractions; beside it whatever has its own moment."""
    from harken.domain.approvals.tasks import run as ask_for_approval
    from harken.domain.automation.tasks import run as obey
    from harken.domain.bulk.tasks import run as change_many
    from harken.domain.channels.registry import connector_for
    from harken.domain.conversations import waking
    from harken.domain.departments.tasks import run as look
    from harken.domain.escalation.tasks import run as page
    from harken.domain.followups.tasks import run as remind
    from harken.domain.handover.tasks import run as keep_talks
    from harken.domain.knowledge.tasks import run as tell_owners
    from harken.domain.listening import watching
    from harken.domain.notifications.delivery import loop as notifying
    from harken.domain.replies.delivery.loop import run
    from harken.domain.replies.tasks import run as look_at_links
    from harken.domain.roster.tasks import run as keep_roster
    from harken.domain.sla import alarms
    from harken.domain.triage.tasks import run as sort

    alarm = threading.Thread(target=alarms.run, args=(stop,), name="alarm", daemon=True)
    alarm.start()
    threading.Thread(target=sort, args=(stop,), name="triage", daemon=True).start()
    threading.Thread(target=page, args=(stop,), name="escalation", daemon=True).start()
    threading.Thread(target=ask_for_approval, args=(stop,), name="approvals", daemon=True).start()
    threading.Thread(target=obey, args=(stop,), name="rules", daemon=True).start()
    threading.Thread(target=look, args=(stop,), name="departments", daemon=True).start()
    threading.Thread(target=keep_roster, args=(stop,), name="roster", daemon=True).start()
    threading.Thread(target=waking.run, args=(stop,), name="waking", daemon=True).start()
    threading.Thread(target=tell_owners, args=(stop,), name="knowledge", daemon=True).start()
    threading.Thread(target=watching.run, args=(stop,), name="storms", daemon=True).start()
    threading.Thread(target=look_at_links, args=(stop,), name="links", daemon=True).start()
    threading.Thread(target=keep_talks, args=(stop,), name="talks", daemon=True).start()
    threading.Thread(target=remind, args=(stop,), name="followups", daemon=True).start()
    told = {"path_of": path_of}
    threading.Thread(
        target=notifying.run, args=(stop,), kwargs=told, name="notifications", daemon=True
    ).start()
    threading.Thread(target=change_many, args=(stop,), name="bulk", daemon=True).start()
    name = f"{socket.gethostname()}:{os.getpid()}"
    run(stop, connector_for=connector_for, worker_name=name)
    alarm.join(LEAVE)
