"""Letters on their way: real servers on this machine take them, refuse them, or are away."""

from __future__ import annotations

import json
import threading
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.db import transaction
from py_vapid import Vapid02

from harken.domain.notifications.delivery.claim import LEASE, claim
from harken.domain.notifications.delivery.loop import Office, run
from harken.domain.notifications.delivery.outcome import WAITS
from harken.domain.notifications.models import (
    Delivery,
    DeliveryState,
    Notification,
    Pager,
    PushSubscription,
)
from harken.domain.notifications.services import notify
from harken.domain.notifications.services.push_key import push_key
from harken.domain.notifications.services.read import mark_all_read
from harken.domain.notifications.services.ways import add_pager, send_test, wake_browser
from harken.kit import clock
from tests.servers.mailbox import Mailbox, mailbox
from tests.servers.receiver import Device, Receiver, receiver

pytestmark = pytest.mark.django_db


def path_of(told: Notification | None) -> str:
    return f"/desk/notifications/{told.pk}/" if told else "/desk/notifications/"


@pytest.fixture
def service():
    with receiver() as made:
        yield made


@pytest.fixture
def mail(settings):
    with mailbox() as made:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", made.port
        settings.MAIL_IS_SET_UP = True
        settings.PUBLIC_URL = "https://desk.example"
        settings.DEFAULT_FROM_EMAIL = "Harken <desk@meridian.example>"
        yield made


def work() -> None:
    """Deliver everything that is due now."""
    office = Office(path_of)
    while office.turn():
        pass
    office.close()


def due_again() -> None:
    Delivery.objects.update(next_at=clock.now() - timedelta(seconds=1))


def state() -> str:
    return Delivery.objects.get().state


def test_a_browser_alone_can_read_what_wakes_it(company, receive, service: Receiver) -> None:
    device, other = Device(service), Device(service, "other")
    wake_browser(device.browser, by=company.mika)
    told = notify("mention", to=[company.mika], text="Ben mentions you", conversation=receive())[0]
    work()
    (post,) = service.posts
    assert device.read(post) == {
        "title": "Ben mentions you",
        "body": "Amara Okafor",
        "tag": f"harken-{told.pk}",
        "url": f"/desk/notifications/{told.pk}/",
    }
    with pytest.raises(Exception, match="Decryption"):
        other.read(post)
    assert state() == DeliveryState.SENT


def test_the_push_service_can_check_who_we_are(company, service: Receiver) -> None:
    wake_browser(Device(service).browser, by=company.mika)
    notify("mention", to=[company.mika], text="Look")
    work()
    headers = service.posts[0].headers
    token = headers["authorization"].partition("t=")[2].partition(",")[0]
    assert Vapid02.verify(headers["authorization"])
    assert headers["authorization"].endswith(f"k={push_key().public}")
    claims = json.loads(_decoded(token.split(".")[1]))
    assert claims["aud"] == service.url
    assert claims["sub"].startswith("mailto:")
    assert (headers["urgency"], headers["content-encoding"]) == ("normal", "aes128gcm")


def test_a_browser_that_is_gone_is_not_called_again(company, service: Receiver) -> None:
    wake_browser(Device(service).browser, by=company.mika)
    service.statuses = [410]
    notify("mention", to=[company.mika], text="Look")
    work()
    assert not PushSubscription.objects.exists()
    notify("mention", to=[company.mika], text="Look again")
    work()
    assert len(service.posts) == 1


def test_a_service_that_is_away_is_tried_again_with_the_same_tag(company, service) -> None:
    device = Device(service)
    wake_browser(device.browser, by=company.mika)
    service.statuses = [503, 429]
    notify("mention", to=[company.mika], text="Look")
    before = clock.now()
    work()
    found = Delivery.objects.get()
    assert (found.state, found.attempts) == (DeliveryState.PENDING, 1)
    assert found.error == "the push service answered 503"
    wait = timedelta(seconds=WAITS[0])
    assert before + 0.9 * wait <= found.next_at <= clock.now() + 1.1 * wait
    for _ in range(2):
        due_again()
        work()
    assert state() == DeliveryState.SENT
    assert len({device.read(post)["tag"] for post in service.posts}) == 1


def test_after_the_last_try_we_give_up(company) -> None:
    Delivery.objects.all().delete()
    pager = Pager.objects.create(
        person=company.mika, name="p", service="JSON", address="json://127.0.0.1:9/x"
    )
    told = Notification.objects.create(person=company.mika, kind="on_call", text="Come")
    Delivery.objects.create(
        notification=told, way="pager", pager=pager, attempts=len(WAITS), next_at=clock.now()
    )
    work()
    assert state() == DeliveryState.GAVE_UP


def test_an_e_mail_says_it_and_links_to_it(company, receive, mail: Mailbox) -> None:
    told = notify(
        "on_call", to=[company.mika], text="You are called in", conversation=receive(), urgent=True
    )[0]
    work()
    (message,) = mail.mail
    assert message["subject"] == "You are called in"
    assert message["to"] == company.mika.email
    body = message.get_payload(decode=True)
    assert f"https://desk.example/desk/notifications/{told.pk}/".encode() in body
    assert message["auto-submitted"] == "auto-generated"
    assert f"harken-{told.pk}." in message["message-id"]


def test_a_mailbox_that_does_not_exist_is_not_tried_again(company, mail: Mailbox) -> None:
    mail.refuse = "550 no such user"
    notify("on_call", to=[company.mika], text="You are called in")
    work()
    found = Delivery.objects.get()
    assert (found.state, found.error) == ("refused", "the mail server refuses this mailbox")


def test_a_full_mailbox_is_tried_again(company, mail: Mailbox) -> None:
    mail.refuse = "452 too many"
    notify("on_call", to=[company.mika], text="You are called in")
    work()
    assert state() == DeliveryState.PENDING
    mail.refuse = ""
    due_again()
    work()
    assert (state(), len(mail.mail)) == (DeliveryState.SENT, 1)


def test_a_pager_is_called(company, receive, service: Receiver) -> None:
    address = f"json://{urlsplit(service.url).netloc}/secret-path"
    add_pager(name="My phone", address=address, by=company.mika)
    notify("on_call", to=[company.mika], text="You are called in", conversation=receive())
    work()
    said = json.loads(service.posts[0].body)
    assert (said["title"], said["message"]) == ("You are called in", "Amara Okafor")
    assert service.posts[0].path.startswith("/secret-path")
    assert state() == DeliveryState.SENT


def test_a_test_goes_by_every_way_whatever_is_chosen(company, service, mail) -> None:
    wake_browser(Device(service).browser, by=company.mika)
    add_pager(name="", address=f"json://{urlsplit(service.url).netloc}", by=company.mika)
    told = send_test(by=company.mika)
    work()
    found = told.deliveries.values_list("way", "state")
    assert sorted(found) == [("email", "sent"), ("pager", "sent"), ("push", "sent")]


def test_what_was_held_comes_as_one(company, receive, service: Receiver) -> None:
    device = Device(service)
    wake_browser(device.browser, by=company.mika)
    for number in range(13):
        notify("mention", to=[company.mika], text=f"Word {number}", conversation=receive())
    Delivery.objects.update(held=True)
    due_again()
    work()
    (post,) = service.posts
    said = device.read(post)
    assert said["title"] == "13 things while it was quiet"
    assert said["body"].splitlines()[0] == "Word 0 (Amara Okafor)"
    assert said["body"].splitlines()[-1] == "and 3 more"
    assert said["url"] == "/desk/notifications/"
    assert set(Delivery.objects.values_list("state", flat=True)) == {DeliveryState.SENT}


def test_what_was_read_meanwhile_is_not_sent(company, service: Receiver) -> None:
    wake_browser(Device(service).browser, by=company.mika)
    notify("mention", to=[company.mika], text="Look")
    mark_all_read(by=company.mika)
    work()
    assert (service.posts, state()) == ([], DeliveryState.SKIPPED)


def test_what_moved_out_of_sight_is_not_sent(company, receive, service: Receiver) -> None:
    wake_browser(Device(service).browser, by=company.mika)
    found = receive()
    notify("mention", to=[company.mika], text="Look", conversation=found)
    found.team = company.billing
    found.save()
    work()
    assert (service.posts, state()) == ([], DeliveryState.SKIPPED)


def test_what_a_killed_worker_had_claimed_is_due_again(company, service: Receiver) -> None:
    wake_browser(Device(service).browser, by=company.mika)
    notify("mention", to=[company.mika], text="Look")
    assert len(claim(5, path_of)) == 1  # and then it dies
    assert claim(5, path_of) == []
    due = Delivery.objects.get().next_at - clock.now()
    assert timedelta(0) < due <= LEASE
    due_again()
    work()
    assert state() == DeliveryState.SENT


@pytest.mark.django_db(transaction=True)
def test_the_loop_delivers_by_itself_and_stops(company, service: Receiver) -> None:
    wake_browser(Device(service).browser, by=company.mika)
    stop = threading.Event()
    worker = threading.Thread(target=run, args=(stop,), kwargs={"path_of": path_of})
    worker.start()
    try:
        with transaction.atomic():
            notify("mention", to=[company.mika], text="Look")
        deadline = clock.monotonic() + 60
        while not service.posts and clock.monotonic() < deadline:
            stop.wait(0.05)
    finally:
        stop.set()
        worker.join(60)
    assert not worker.is_alive()
    assert len(service.posts) == 1
    assert state() == DeliveryState.SENT


@pytest.mark.django_db(transaction=True)
def test_several_workers_send_each_letter_once(company, service: Receiver) -> None:
    wake_browser(Device(service).browser, by=company.mika)
    with transaction.atomic():
        for number in range(40):
            notify("mention", to=[company.mika], text=f"Word {number}")
    stop = threading.Event()
    workers = [
        threading.Thread(target=run, args=(stop,), kwargs={"path_of": path_of}) for _ in range(3)
    ]
    for worker in workers:
        worker.start()
    deadline = clock.monotonic() + 60
    while Delivery.objects.exclude(state="sent").exists() and clock.monotonic() < deadline:
        stop.wait(0.1)
    stop.set()
    for worker in workers:
        worker.join(60)
    assert set(Delivery.objects.values_list("state", "attempts")) == {("sent", 1)}
    assert len(service.posts) == len({post.headers["topic"] for post in service.posts}) == 40


def _decoded(text: str) -> bytes:
    from base64 import urlsafe_b64decode

    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
