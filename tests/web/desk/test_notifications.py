"""The bell, the list behind it, and the page on which people choose what reaches them."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from harken.domain.conversations.services.assign import assign
from harken.domain.notifications.kinds import KINDS, Way
from harken.domain.notifications.models import Notification, Pager, PushSubscription
from harken.domain.notifications.queries import chosen_ways, quiet_hours_of, unread_count
from harken.domain.notifications.services import notify
from harken.domain.people.models import User

pytestmark = pytest.mark.django_db


def at(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def page(client: Client, name: str, *args: object) -> str:
    answer = client.get(reverse(name, args=args))
    assert answer.status_code == 200
    return answer.content.decode()


def post(client: Client, route: str, /, *args: object, **data: object):
    return client.post(reverse(route, args=args), data)


def write_note(client: Client, conversation, text: str) -> str:
    data = {"kind": "note", "text": text, "client_key": str(uuid4())}
    return client.post(reverse("desk:send", args=[conversation.pk]), data).content.decode()


def test_the_bell_counts_what_is_not_read_and_the_live_answer_brings_it(company, receive) -> None:
    ben = at(company.ben)
    assert "not read" not in page(ben, "desk:inbox")
    assign(receive(), to=company.ben, by=company.mika)
    notify("rule", to=[company.ben], text="A rule ran")
    assert '>2<span class="aside"> not read' in page(ben, "desk:inbox")
    counts = page(ben, "desk:counts")
    assert 'hx-target="#bell"' in counts
    assert ">2<span" in counts


def test_opening_one_reads_it_and_leads_to_its_conversation(company, receive) -> None:
    found = receive()
    assign(found, to=company.ben, by=company.mika)
    told = Notification.objects.get()
    answer = at(company.ben).get(reverse("desk:open_notification", args=[told.pk]))
    assert answer["Location"] == reverse("desk:conversation", args=[found.pk])
    assert unread_count(company.ben).alone() == 0


@pytest.mark.parametrize(
    ("url", "leads"),
    [
        ("/manage/promises/", "/manage/promises/"),
        ("//evil.example/", "/desk/notifications/"),
        ("https://evil.example/", "/desk/notifications/"),
    ],
)
def test_a_notification_leads_inside_harken_only(company, url, leads) -> None:
    told = notify("rule", to=[company.ben], text="A rule ran", url=url)[0]
    answer = at(company.ben).get(reverse("desk:open_notification", args=[told.pk]))
    assert answer["Location"] == leads


def test_looking_at_the_conversation_silences_what_was_said_about_it(company, receive) -> None:
    found = receive()
    assign(found, to=company.ben, by=company.mika)
    post(at(company.ben), "desk:presence", found.pk, tab=str(uuid4()))
    assert unread_count(company.ben).alone() == 0


def test_all_of_them_are_read_by_one_button(company) -> None:
    for _ in range(3):
        notify("rule", to=[company.ben], text="A rule ran")
    ben = at(company.ben)
    assert "All read" in page(ben, "desk:notifications")
    post(ben, "desk:read_notifications")
    assert "All read" not in page(ben, "desk:notifications")
    assert unread_count(company.ben).alone() == 0


def test_an_empty_list_says_what_will_come(company) -> None:
    assert "Nothing to tell you" in page(at(company.ben), "desk:notifications")


def test_what_was_read_pages_down(company) -> None:
    for number in range(60):
        notify("rule", to=[company.ben], text=f"Word {number:02}")
    ben = at(company.ben)
    post(ben, "desk:read_notifications")
    first = page(ben, "desk:notifications")
    assert "Word 59" in first
    assert "Word 09" not in first
    older = ben.get(reverse("desk:notifications") + f"?before={_older(first)}").content.decode()
    assert "Word 09" in older
    assert ben.get(reverse("desk:notifications") + "?before=x").status_code == 404


def _older(text: str) -> str:
    return text.partition("?before=")[2].partition('"')[0]


def test_the_writer_is_told_at_once_who_was_told_and_who_cannot_be(company, receive) -> None:
    said = write_note(at(company.ben), receive(), "@mika and @bea, whose is this?")
    assert "Note written; Mika is told" in said
    assert "Not told, because they cannot see this conversation: Bea" in said


def test_names_are_set_off_in_the_note_and_nothing_else_is(company, receive) -> None:
    found = receive()
    said = write_note(at(company.ben), found, "@mika see https://x.example/@mika & @nobody <b>")
    assert said.count('<b class="mention">@mika</b>') == 1
    assert "&lt;b&gt;" in said
    assert "@nobody</b>" not in said


def test_the_preview_of_a_note_offers_names_and_warns(company, receive) -> None:
    found, ben = receive(), at(company.ben)

    def preview(text: str, word: str) -> str:
        data = {"kind": "note", "text": text, "word": word}
        return ben.post(reverse("desk:preview", args=[found.pk]), data).content.decode()

    offered = preview("ask @mi", "@mi")
    assert 'data-insert="@mika "' in offered
    assert 'data-insert="@ben' not in offered
    assert 'data-insert="@bea' not in preview("ask @be", "@be")
    assert 'data-insert="@service "' in preview("ask @se", "@se")
    assert "It tells <b>Mika, Service</b>" in preview("@mika @team", "@team")
    assert "Bea cannot see this conversation" in preview("@bea look", "look")


def test_ticked_boxes_are_what_reaches_a_person(company) -> None:
    ben = at(company.ben)
    assert 'value="mention:desk" aria-label' in page(ben, "desk:ways")
    assert "channel_failing" not in page(ben, "desk:ways")
    assert "channel_failing" in page(at(company.lena), "desk:ways")
    post(ben, "desk:save_ways", on=["mention:pager", "rule:desk", "gossip:desk", "rule:pigeon"])
    ways = chosen_ways([company.ben.pk])
    assert ways(company.ben.pk, "mention") == {Way.PAGER}
    assert ways(company.ben.pk, "assigned") == frozenset()
    assert ways(company.ben.pk, "channel_failing") == KINDS["channel_failing"].ways


def test_quiet_hours_are_set_refused_and_ended(company) -> None:
    ben = at(company.ben)
    post(ben, "desk:save_quiet", starts="22:30", ends="06:00", zone="Europe/Madrid")
    kept = quiet_hours_of(company.ben)
    assert kept and (kept.starts, kept.ends, kept.zone) == (1350, 360, "Europe/Madrid")
    refused = post(ben, "desk:save_quiet", starts="late", ends="06:00", zone="Europe/Madrid")
    assert refused.status_code == 422
    assert "such as 22:00" in refused.content.decode()
    post(ben, "desk:save_quiet", end="1")
    assert quiet_hours_of(company.ben) is None


def test_a_browser_is_woken_and_forgotten(company) -> None:
    ben = at(company.ben)
    given = {"endpoint": "https://push.example/1", "p256dh": "k", "auth": "s"}
    answer = ben.post(
        reverse("desk:save_browser"),
        given,
        headers={"HX-Request": "true", "User-Agent": "Mozilla/5.0 (X11; Linux) Firefox/140.0"},
    )
    assert answer.status_code == 204
    assert PushSubscription.objects.get().browser == "Firefox on Linux"
    assert "Firefox on Linux" in page(ben, "desk:ways")
    post(ben, "desk:save_browser", endpoint=given["endpoint"], forget="1")
    assert not PushSubscription.objects.exists()


def test_a_pager_s_address_is_never_shown_again(company) -> None:
    ben = at(company.ben)
    post(ben, "desk:new_pager", name="My phone", address="jsons://hooks.example/very-secret")
    shown = page(ben, "desk:ways")
    assert "My phone" in shown
    assert "very-secret" not in shown
    refused = post(ben, "desk:new_pager", name="x", address="syslog://very-secret")
    assert refused.status_code == 422
    assert "very-secret" not in refused.content.decode()
    post(at(company.mika), "desk:drop_pager", Pager.objects.get().pk)
    assert Pager.objects.exists()
    post(ben, "desk:drop_pager", Pager.objects.get().pk)
    assert not Pager.objects.exists()


def test_a_test_says_how_each_way_went(company) -> None:
    ben = at(company.ben)
    post(ben, "desk:new_pager", name="My phone", address="jsons://hooks.example/x")
    answer = post(ben, "desk:test_ways")
    shown = ben.get(answer["Location"]).content.decode()
    told = Notification.objects.get(kind="test")
    assert "on its way" in shown
    assert "every 1s" in page(ben, "desk:tested", told.pk)
    told.deliveries.update(state="refused", error="no such channel")
    settled = page(ben, "desk:tested", told.pk)
    assert "no such channel" in settled
    assert "every 1s" not in settled


def test_without_a_mail_server_the_page_says_what_to_set(company, settings) -> None:
    settings.MAIL_IS_SET_UP = False
    assert "HARKEN_SMTP_URL" in page(at(company.ben), "desk:ways")
    settings.MAIL_IS_SET_UP = True
    assert "HARKEN_SMTP_URL" not in page(at(company.ben), "desk:ways")
