"""How people choose what reaches them, and what we refuse to call."""

from __future__ import annotations

import pytest
from django.db import connection

from harken.domain.notifications.kinds import KINDS, Way
from harken.domain.notifications.models import Pager, Preference, PushSubscription
from harken.domain.notifications.outside import service_name
from harken.domain.notifications.queries import chosen_ways
from harken.domain.notifications.services.push_key import push_key
from harken.domain.notifications.services.ways import (
    Browser,
    add_pager,
    choose,
    end_quiet,
    forget_browser,
    keep_quiet,
    remove_pager,
    wake_browser,
)
from harken.kit.http import allow_private_hosts
from harken.kit.refusals import Invalid

pytestmark = pytest.mark.django_db


@pytest.fixture
def nobody_named():
    former = allow_private_hosts([])
    yield
    allow_private_hosts(former)


def browser(endpoint: str = "https://push.example/1") -> Browser:
    return Browser(endpoint, "key", "secret", "Firefox on Linux")


def test_exactly_what_is_chosen_is_on(company) -> None:
    wanted = {("mention", Way.EMAIL), ("rule", Way.DESK)}
    choose(wanted, kinds=["mention", "rule"], by=company.ben)
    ways = chosen_ways([company.ben.pk])
    assert ways(company.ben.pk, "mention") == {Way.EMAIL}
    assert ways(company.ben.pk, "rule") == {Way.DESK}
    assert ways(company.ben.pk, "assigned") == KINDS["assigned"].ways
    assert ways(company.mika.pk, "mention") == KINDS["mention"].ways


def test_choosing_the_defaults_leaves_no_word_behind(company) -> None:
    choose(set(), kinds=["rule"], by=company.ben)
    assert Preference.objects.count() == 1
    choose({("rule", way) for way in KINDS["rule"].ways}, kinds=["rule"], by=company.ben)
    assert not Preference.objects.exists()


@pytest.mark.parametrize(
    ("starts", "ends", "zone"), [(60, 60, "UTC"), (1440, 0, "UTC"), (0, 60, "Mars/Base")]
)
def test_quiet_hours_that_cannot_be_are_refused(company, starts, ends, zone) -> None:
    with pytest.raises(Invalid):
        keep_quiet(starts=starts, ends=ends, zone=zone, by=company.ben)


def test_quiet_hours_are_kept_changed_and_ended(company) -> None:
    keep_quiet(starts=1320, ends=420, zone="Europe/Amsterdam", by=company.ben)
    kept = keep_quiet(starts=1380, ends=420, zone="Europe/Amsterdam", by=company.ben)
    assert kept.starts == 1380
    end_quiet(by=company.ben)
    end_quiet(by=company.ben)
    kept.person.refresh_from_db()
    assert not hasattr(kept.person, "quiet_hours")


def test_a_browser_wakes_for_whoever_used_it_last(company) -> None:
    wake_browser(browser(), by=company.ben)
    wake_browser(browser(), by=company.mika)
    assert PushSubscription.objects.get().person == company.mika
    forget_browser(browser().endpoint, by=company.ben)
    assert PushSubscription.objects.exists()
    forget_browser(browser().endpoint, by=company.mika)
    assert not PushSubscription.objects.exists()


@pytest.mark.parametrize(
    "endpoint",
    ["http://push.example/1", "ftp://x/1", "", "https://", "https://[", "https://x/" + "a" * 2000],
)
def test_an_endpoint_nobody_should_post_to_is_refused(company, endpoint) -> None:
    with pytest.raises(Invalid):
        wake_browser(browser(endpoint), by=company.ben)


@pytest.mark.parametrize(
    ("address", "service"),
    [
        ("slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ", "Slack"),
        ("ntfys://on-call", "ntfy"),
        ("jsons://hooks.example/x", "JSON"),
    ],
)
def test_services_on_the_web_are_known_by_name(nobody_named, address, service) -> None:
    assert service_name(address) == service


@pytest.mark.parametrize(
    "address",
    ["", "hello", "nothing://x", "syslog://", "mailto://u:p@mail.example", "dbus://", "file:///x"],
)
def test_what_is_no_service_on_the_web_is_refused(nobody_named, address) -> None:
    with pytest.raises(Invalid):
        service_name(address)


def test_what_is_not_encrypted_is_refused(nobody_named) -> None:
    with pytest.raises(Invalid, match="jsons://"):
        service_name("json://hooks.example/x")


def test_a_pager_s_address_is_not_readable_in_the_database(company, nobody_named) -> None:
    pager = add_pager(name=" ", address="jsons://hooks.example/very-secret", by=company.ben)
    assert pager.name == "JSON"
    with connection.cursor() as cursor:
        cursor.execute("SELECT address FROM notifications_pager")
        assert "very-secret" not in cursor.fetchone()[0]
    remove_pager(pager, by=company.mika)
    assert Pager.objects.exists()
    remove_pager(pager, by=company.ben)
    assert not Pager.objects.exists()


def test_nobody_collects_pagers_without_end(company, nobody_named) -> None:
    for number in range(10):
        add_pager(name=str(number), address="jsons://hooks.example/x", by=company.ben)
    with pytest.raises(Invalid, match="Remove one first"):
        add_pager(name="one more", address="jsons://hooks.example/x", by=company.ben)


def test_the_push_key_is_made_once_and_kept_encrypted(db) -> None:
    first = push_key()
    assert push_key().public == first.public
    assert len(first.public) == 87
    with connection.cursor() as cursor:
        cursor.execute("SELECT private FROM notifications_pushkey")
        assert "PRIVATE" not in cursor.fetchone()[0]
