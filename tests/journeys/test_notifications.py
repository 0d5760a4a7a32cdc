"""A colleague is mentioned: the bell rings at once, and one key leads there."""

from __future__ import annotations

import json
import sys
import time

import pytest

from harken.connectors.loopback.wire import Person
from tests.journeys.conftest import Visit
from tests.journeys.house import House, until
from tests.journeys.visitor import Visitor

pytestmark = pytest.mark.journey

WAKER = "/static/js/pages/waker.js"
SHOWN = f"""navigator.serviceWorker.getRegistration("{WAKER}")
  .then((one) => one.getNotifications())
  .then((all) => all.map((each) => (
    {{ title: each.title, body: each.body, tag: each.tag, url: each.data.url }})))"""


def unread(visitor: Visitor) -> str:
    return str(visitor.page.evaluate("document.querySelector('#bell b')?.firstChild.data ?? ''"))


TOLD_BY_BEN = (
    "SELECT p.username FROM notifications_notification n"
    " JOIN people_user p ON p.id = n.person_id JOIN people_user b ON b.id = n.by_id"
    " WHERE b.username = 'ben' AND n.kind = 'mention'"
)


def test_a_mention_rings_and_enter_opens_the_conversation(house: House, visit: Visit) -> None:
    house.post(Person("tove.example", "Tove Lind"), "@meridian.example is my seat safe?")
    mika, ben = visit("mika"), visit("ben")
    mika.goto("/desk/contacts/")
    ben.goto("/desk/?text=Tove+Lind")  # the house is shared, and a list's first page is short
    ben.sees("Tove Lind", ben.row("Tove Lind"))
    ben.open("Tove Lind")
    ben.press("n")
    ben.write("This is for @mi")
    ben.sees("Mika", "[data-insert]")
    ben.press("Tab", "Enter")
    ben.write("you know seats, and @bea too")
    ben.sees("Bea cannot see this conversation", "[data-preview]")
    assert ben.written == "This is for @mika you know seats, and @bea too"
    before = unread(mika)
    began = time.monotonic()
    ben.press("Control+Enter")
    # The house is shared: something else may ring as well.
    assert until(lambda: int(unread(mika) or 0) > int(before or 0))
    took = time.monotonic() - began
    sys.stdout.write(f"\nmention: on a colleague's bell after {took:.2f} s\n")
    # A second is promised, and the figure is told; here only a lost event fails.
    assert took < 60
    ben.sees("Note written; Mika is told", "#toasts")
    ben.sees("they cannot see this conversation: Bea", "#toasts")
    ben.sees("@mika", "#messages .note .mention")
    assert house.asked(TOLD_BY_BEN) == [("mika",)]  # nobody is told of their own act

    mika.press("g", "b")
    mika.sees("Ben mentions you", ".told")
    mika.holds("document.activeElement.matches('.told a.row')")
    mika.press("Enter")
    mika.sees("Tove Lind", "#head")
    mika.sees("@mika", "#messages .note .mention")
    mika.press("g", "b")
    mika.sees("Ben mentions you", ".told")
    assert not mika.page.locator(".told .unread:has-text('Ben mentions you')").count()


def test_what_is_chosen_is_kept_and_a_test_arrives_on_the_bell(house: House, visit: Visit) -> None:
    bea = visit("bea")
    bea.goto("/desk/me/notifications/")
    box = bea.page.get_by_label("A rule tells you something: E-mail")
    box.focus()
    bea.press("Space")
    bea.page.get_by_role("button", name="Save").press("Enter")
    bea.sees("Saved.")
    assert bea.page.get_by_label("A rule tells you something: E-mail").is_checked()
    bea.press("t")
    bea.sees("It is on your bell", "#test")
    assert until(lambda: unread(bea) == "1")


def test_the_service_worker_shows_what_the_push_service_brings(house: House, visit: Visit) -> None:
    maren = visit("maren")
    maren.context.grant_permissions(["notifications"])
    maren.goto("/desk/me/notifications/")
    registered = maren.context.new_cdp_session(maren.page)
    versions: list[str] = []
    registered.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda told: versions.extend(one["registrationId"] for one in told["registrations"]),
    )
    registered.send("ServiceWorker.enable")
    maren.page.evaluate(f"""navigator.serviceWorker.register("{WAKER}").then((one) => new Promise(
      (done) => {{
        const worker = one.active ?? one.waiting ?? one.installing;
        if (worker.state === "activated") return done();
        worker.onstatechange = () => worker.state === "activated" && done();
      }}))""")
    # The tool tells its registrations in its own time, and only while it is asked something.
    assert until(lambda: maren.page.evaluate("1") and versions)
    told = {
        "title": "Called in",
        "body": "Tove",
        "tag": "harken-1",
        "url": "/desk/notifications/1/",
    }
    for _ in range(2):  # the same tag again replaces the first
        maren.page.goto("about:blank")  # nobody looks at the desk
        registered.send(
            "ServiceWorker.deliverPushMessage",
            {"origin": house.url, "registrationId": versions[-1], "data": json.dumps(told)},
        )
        maren.page.wait_for_timeout(300)
    maren.goto("/desk/me/notifications/")
    assert until(lambda: maren.page.evaluate(SHOWN) == [told])
