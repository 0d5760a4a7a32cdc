"""Storms under kill -9: each is written down and told once, whoever is left to look."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from harken.domain.journal.models import Event
from harken.domain.listening.models import Monitor
from harken.domain.listening.models_storms import MonitorStorm, MonitorWatch
from harken.domain.listening.services.monitors import Wanted, save_monitor
from harken.domain.notifications.models import Notification
from harken.kit import clock
from tests.domain.listening.talk import DAY, HOUR, all_is_heard, burst, minute_now, usual, watch_all
from tests.faults.nursery import until as wait_for
from tests.faults.test_alarms import alarms, sleep_until

pytestmark = pytest.mark.django_db(transaction=True)
COUNT, KILLS = 40, 12
CLOCK = "harken.domain.listening.watching"


def test_killed_workers_tell_each_storm_once(company):
    until = minute_now() - HOUR
    first = save_monitor(None, Wanted("0", "brand", "meridian"), by=company.lena)
    usual(first, 3, 10, until)
    all_is_heard()
    watch_all()
    learnt = MonitorWatch.objects.get()
    for number in range(1, COUNT):
        save_monitor(None, Wanted(str(number), "brand", "meridian"), by=company.lena)
    MonitorWatch.objects.bulk_create(
        MonitorWatch(
            monitor=each,
            number=1,
            state=learnt.state,
            read_to=learnt.read_to,
            next_at=clock.now() + DAY,
        )
        for each in Monitor.objects.exclude(pk=first.pk)
    )
    for each in Monitor.objects.all():
        burst(each, 80, minute_now() - HOUR / 2, HOUR / 4)
    last = minute_now()  # of what is heard: nobody reads on while this test goes on
    all_is_heard()
    with alarms(3, kills=KILLS, within=6.0, of=CLOCK):
        began = clock.now()
        for number, watch in enumerate(MonitorWatch.objects.order_by("pk")):
            watch.state, watch.read_to = learnt.state, until
            watch.next_at = clock.now() + timedelta(seconds=1 + 5 * number / COUNT)
            watch.save()
        sleep_until(began + timedelta(seconds=8))
        wait_for(lambda: not _unread(last))
    assert not _unread(last)
    storms = MonitorStorm.objects.count()
    raised = Event.objects.filter(kind="StormRaised").count()
    told = Notification.objects.filter(kind="storm", person=company.maren).count()
    print(f"{COUNT} monitors, {KILLS} kills: {storms} storms, {raised} raised, {told} told")  # noqa: T201
    assert (storms, raised, told) == (COUNT, COUNT, COUNT)


def _unread(last: datetime) -> int:
    return MonitorWatch.objects.filter(read_to__lt=last - HOUR / 60).count()
