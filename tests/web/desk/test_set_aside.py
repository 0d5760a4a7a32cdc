"""Snoozing, merging and un-merging from the desk."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from harken.domain.contacts.models import Contact
from harken.domain.conversations.models import Conversation
from harken.domain.conversations.services.close import close
from harken.domain.conversations.services.merge import merge
from harken.domain.presence.services import stay, write
from harken.domain.replies.models import Reply
from harken.domain.sla.models import SLAPolicy
from harken.kit import clock
from tests.cast import Company
from tests.web.desk.writing import answer

HTMX = {"HX-Request": "true"}
KEY = "2f0c7f8e-1b7e-4b0a-9a55-0c53a1f3a001"


@pytest.fixture
def two(company: Company, receive) -> tuple[Conversation, Conversation]:
    early = clock.now() - timedelta(seconds=30)
    return receive("Where is my bag?"), receive("My bag again", sent_at=early)


def quiet(conversation: Conversation, company: Company) -> Conversation:
    """Nobody waits in it, and it is open."""
    close(conversation, reason="thanks", by=company.lena)
    Conversation.objects.filter(pk=conversation.pk).update(state="open")
    return conversation


def read(browser: Client, path: str, **data) -> str:
    return browser.get(path, data, headers=HTMX).content.decode()


def test_the_dialog_says_live_what_it_understood(company, mika, two):
    path = f"/desk/c/{quiet(two[0], company).pk}/snooze/until/"
    mika.cookies["zone"] = "America/New_York"
    said = read(mika, path, until="in 2 days at 9:15")
    there = clock.now().astimezone(ZoneInfo("America/New_York")) + timedelta(days=2)
    assert f"{there:%a} {there.day} {there:%b}" in said
    # As hours go, the second morning from now may be less than two days away.
    assert "09:15, in 2 days" in said or "09:15, in 1 day" in said
    assert "is not a time" in read(mika, path, until="banana")
    assert "over" in read(mika, path, until="2020-01-01")


def test_snoozing_can_be_undone_by_a_key(company, mika, two):
    found = quiet(two[0], company)
    done = mika.post(f"/desk/c/{found.pk}/snooze/", {"until": "3h"}, headers=HTMX)
    assert f'hx-post="/desk/c/{found.pk}/wake/"' in done.content.decode()
    assert f'id="row-{found.pk}"' in read(mika, "/desk/rows/", view="snoozed")
    mika.post(f"/desk/c/{found.pk}/wake/", headers=HTMX)
    assert f'id="row-{found.pk}"' not in read(mika, "/desk/rows/", view="snoozed")


def test_what_cannot_be_snoozed_is_told_in_the_dialog(company, mika, two):
    SLAPolicy.objects.update(first_response=3600)
    path = f"/desk/c/{two[0].pk}/snooze/"
    refused = mika.post(path, {"until": "tomorrow", "reason": "x"}, headers=HTMX)
    assert (refused.status_code, "waits" in refused.content.decode()) == (422, True)
    assert "due too soon" in read(mika, f"{path}offers/")


def test_presets_show_the_moment_they_mean(company, mika, two):
    offered = read(mika, f"/desk/c/{quiet(two[0], company).pk}/snooze/offers/")
    assert "Later today" in offered
    assert "08:00" in offered
    assert "until they write" in offered


def test_one_s_own_zone_wins_over_the_browser_s(company, mika, two):
    mika.post("/desk/me/save/", {"zone": "Asia/Kolkata"})
    mika.cookies["zone"] = "America/New_York"
    company.mika.refresh_from_db()
    assert company.mika.zone == "Asia/Kolkata"
    there = clock.now().astimezone(ZoneInfo("Asia/Kolkata")) + timedelta(hours=3)
    path = f"/desk/c/{quiet(two[0], company).pk}/snooze/until/"
    assert f"{there:%H:%M}" in read(mika, path, until="3h")
    assert mika.post("/desk/me/save/", {"zone": "Mars/Base"}).status_code == 422


def test_a_case_shows_both_threads_and_answers_the_one_that_is_due_first(company, mika, two):
    first, second = two
    path = f"/desk/c/{first.pk}/merge/"
    assert "My bag again" in read(mika, f"{path}with/")
    done = mika.post(path, {"other": second.pk, "reason": "said twice"}, headers=HTMX)
    assert "One case now" in done.content.decode()
    html = read(mika, f"/desk/c/{first.pk}/")
    assert "Where is my bag?" in html
    assert "My bag again" in html
    assert f'hx-post="/desk/c/{second.pk}/reread/"' in html
    assert f'hx-post="/desk/c/{first.pk}/reread/"' in read(
        mika, f"/desk/c/{first.pk}/", answer=first.pk
    )
    assert read(mika, f"/desk/c/{second.pk}/").count("Answers thread 2") == 1


def test_an_answer_goes_under_its_own_public_post(company, mika, two):
    merge(*two, by=company.mika)
    sent = answer(mika, two[1], "It is here.")
    assert sent.status_code == 200
    reply = Reply.objects.get()
    assert (reply.conversation, reply.target.body) == (two[1], "My bag again")


def test_the_other_one_may_lead_and_un_merging_is_one_click(company, mika, two):
    first, second = two
    mika.post(f"/desk/c/{first.pk}/merge/", {"other": second.pk, "lead": "other"}, headers=HTMX)
    first.refresh_from_db()
    assert first.merged_into == second
    done = mika.post(f"/desk/c/{first.pk}/un-merge/", headers=HTMX)
    assert "Two conversations again" in done.content.decode()
    first.refresh_from_db()
    assert first.merged_into is None


def test_a_colleague_who_writes_is_named_before_the_merge(company, mika, two):
    stay(two[1], tab=UUID(KEY), by=company.ben)
    assert write(two[1], tab=UUID(KEY), by=company.ben)
    path, data = f"/desk/c/{two[0].pk}/merge/", {"other": two[1].pk}
    refused = mika.post(path, data, headers=HTMX)
    assert (refused.status_code, "Ben is writing" in refused["HX-Trigger"]) == (409, True)
    assert mika.post(path, data | {"anyway": "1"}, headers=HTMX).status_code == 200


def test_two_contacts_become_one_person_and_two_again(company, mika, receive):
    one, other = receive(by="amara").contact, receive(by="amara2").contact
    Contact.objects.update(name="Amara Okafor")
    page = mika.get(f"/desk/contacts/{one.pk}/").content.decode()
    assert "Of the same name" in page
    path = f"/desk/contacts/{one.pk}/merge/"
    assert mika.post(path, {"other": other.pk}).status_code == 422
    mika.post(path, {"other": other.pk, "reason": "said so"})
    page = mika.get(f"/desk/contacts/{other.pk}/", follow=True).content.decode()
    assert "said so" in page
    assert page.count('class="chapter"') == 2
    mika.post(f"/desk/contacts/{other.pk}/un-merge/")
    assert mika.get(f"/desk/contacts/{other.pk}/").status_code == 200
