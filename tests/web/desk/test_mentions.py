"""The lists of mentions: who sees what, what can be done with a line, and what it says."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from itertools import chain

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from harken.domain.channels.models import Channel
from harken.domain.conversations.models import Message
from harken.domain.conversations.services.close import close
from harken.domain.conversations.services.topics import move
from harken.domain.listening.models import Monitor
from harken.domain.listening.models_mentions import Mention, MentionState, Taking
from harken.domain.listening.services import settle
from harken.domain.listening.services.hear import Ear
from harken.domain.listening.services.monitors import Wanted, retire_monitor, save_monitor
from harken.domain.listening.stored import posts_of
from harken.domain.people.models import User
from harken.kit import clock
from harken.kit.connector import Why
from tests.cast import Company
from tests.domain.listening.posts import hear, said

HTMX = {"HX-Request": "true"}


@pytest.fixture
def monitor(company: Company) -> Callable[..., Monitor]:
    def save(query: str, kind: str = "brand", **more: object) -> Monitor:
        wanted = Wanted(f"M {query}", kind, query, **more)  # type: ignore[arg-type]
        return save_monitor(None, wanted, by=company.lena)

    return save


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page(user: User, which: str = "unheard", **more: str) -> str:
    answer = client_of(user).get(reverse("desk:mentions"), {"list": which}, headers=more)
    assert answer.status_code == 200
    return answer.content.decode()


def order(text: str, *words: str) -> bool:
    """Whether the words stand in this order."""
    places = [text.find(word) for word in words]
    return -1 not in places and places == sorted(places)


def post(user: User, name: str, mention: Mention, headers: dict[str, str], **data: str) -> str:
    address = reverse(f"desk:{name}", args=[mention.pk])
    answer = client_of(user).post(address, data, headers=headers)
    assert answer.status_code in (200, 302), answer.content
    return answer.content.decode()


def test_without_a_monitor_the_list_says_that_nobody_listens(company):
    assert "Nobody listens yet" in page(company.mika)
    assert "Write a monitor" in page(company.lena)
    assert "Everybody was heard" not in page(company.mika)


def test_an_empty_list_teaches_what_will_stand_there(company, monitor):
    monitor("meridian")
    for which, words in (
        ("unheard", "Everybody was heard"),
        ("opportunities", "No opportunities now"),
        ("learnt", "Nothing to learn from yet"),
        ("dismissed", "Nothing was dismissed"),
    ):
        assert words in page(company.mika, which)


def test_each_kind_of_monitor_fills_its_list_the_oldest_first(company, monitor):
    monitor("meridian")
    monitor("larkair", "competitor")
    monitor("winter", "market")
    now = clock.now()
    hear(
        said("younger meridian", sent_at=now - timedelta(hours=1)),
        said("older meridian", sent_at=now - timedelta(hours=2)),
        said("older larkair", sent_at=now - timedelta(hours=2)),
        said("younger larkair", sent_at=now - timedelta(hours=1)),
        said("older winter", sent_at=now - timedelta(hours=2)),
        said("younger winter", sent_at=now - timedelta(hours=1)),
        said("@meridian.example called meridian"),
        said("meridian by us", author="meridian.example"),
    )
    unheard = page(company.mika)
    assert order(unheard, "older meridian", "younger meridian")
    assert not any(word in unheard for word in ("called", "by us", "larkair", "winter"))
    assert "<b>2</b> wait" in unheard
    assert "waits <time" in unheard
    assert order(page(company.mika, "opportunities"), "older larkair", "younger larkair")
    assert order(page(company.mika, "learnt"), "younger winter", "older winter")


def test_what_waits_in_the_inbox_stays_listed_until_it_is_answered_or_closed(
    company, monitor, receive
):
    monitor("meridian")
    asked = receive("meridian, anybody?", why=Why.SEARCH)
    ear = Ear()
    ear.refresh()
    ear.hear(posts_of([Message.objects.get().pk]))
    listed = page(company.mika)
    assert "In the inbox" in listed
    assert reverse("desk:conversation", args=[asked.pk]) in listed
    close(asked, reason="thanks", by=company.mika)
    assert "meridian, anybody?" not in page(company.mika)


def test_a_fold_is_one_line_that_says_how_many_more_and_leads_to_them(company, monitor):
    monitor("meridian")
    text = "meridian raised the price of the winter service and told nobody"
    hear(*(said(text, uri=f"p{n}", author=f"author-{n}") for n in range(15)))
    listed = page(company.mika)
    assert listed.count("data-mention=") == 1
    assert "and 14 like it" in listed
    first = Mention.objects.get(fold=None)
    one = client_of(company.mika).get(reverse("desk:mention", args=[first.pk])).content.decode()
    assert all(f"author-{n}" in one for n in range(15))


def test_another_team_s_mentions_are_not_there(company, monitor):
    monitor("meridian", team=company.billing)
    hear(said("meridian secret", uri="a"))
    mention = Mention.objects.get()
    assert "meridian secret" not in page(company.mika)
    assert "meridian secret" in page(company.bea)
    assert "meridian secret" in page(company.maren)
    client = client_of(company.mika)
    assert client.get(reverse("desk:mention", args=[mention.pk])).status_code == 404
    for name in ("take_mention", "learn_mention", "dismiss_mention", "restore_mention"):
        address = reverse(f"desk:{name}", args=[mention.pk])
        assert client.post(address, {"reason": "spam"}).status_code == 404


def test_a_mention_in_another_team_s_conversation_is_not_there(company, monitor, receive):
    monitor("meridian")
    asked = receive("meridian secret", why=Why.SEARCH)
    move(asked, to=company.billing, by=company.maren)
    ear = Ear()
    ear.refresh()
    ear.hear(posts_of([Message.objects.get().pk]))
    assert "meridian secret" not in page(company.mika)
    assert "meridian secret" in page(company.bea)


def test_what_a_monitor_heard_leaves_the_lists_with_it(company, monitor):
    ours = monitor("meridian")
    hear(said("meridian gone"))
    retire_monitor(ours, by=company.lena)
    assert "meridian gone" not in page(company.mika)


def test_another_team_s_monitor_is_not_named_on_a_shared_mention(company, monitor):
    monitor("meridian")
    monitor("meridian bag", team=company.billing)
    hear(said("meridian bag"))
    assert "M meridian bag" not in page(company.mika)
    assert "M meridian bag" in page(company.bea)


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "in the page"])
def test_taking_is_asked_for_and_the_line_says_so(company, monitor, headers):
    monitor("meridian")
    hear(said("meridian, hello"))
    mention = Mention.objects.get()
    answer = post(company.mika, "take_mention", mention, headers, list="unheard")
    assert Taking.objects.get().asked_by == company.mika
    listed = answer if headers else page(company.ben)
    assert "On its way to the inbox" in listed
    assert "data-take" not in listed


def test_where_no_account_can_answer_the_post_is_offered_instead(company, monitor):
    monitor("meridian")
    hear(said("meridian!", network="feeds", url="https://blog.example/meridian"))
    listed = page(company.mika)
    assert 'href="https://blog.example/meridian"' in listed
    assert "Answer there" in listed
    assert "data-take" not in listed
    client = client_of(company.mika)
    address = reverse("desk:take_mention", args=[Mention.objects.get().pk])
    refused = client.post(address, headers=HTMX)
    assert refused.status_code == 409
    assert "answer there" in refused.content.decode() + str(refused.headers)


def test_why_it_could_not_be_taken_stands_on_the_line(company, monitor):
    monitor("meridian")
    hear(said("meridian!"))
    trouble = "The network does not show this post."
    Taking.objects.create(
        mention=Mention.objects.get(), channel=Channel.objects.get(), trouble=trouble
    )
    listed = page(company.mika)
    assert trouble in listed
    assert "Try again" in listed


def test_dismissing_needs_a_reason_and_is_undone_from_the_toast(company, monitor):
    monitor("meridian")
    hear(said("meridian airlines"))
    mention = Mention.objects.get()
    client = client_of(company.mika)
    address = reverse("desk:dismiss_mention", args=[mention.pk])
    assert client.post(address, headers=HTMX).status_code == 422
    said_back = post(
        company.mika, "dismiss_mention", mention, HTMX, reason="not_us", note="The airline"
    )
    assert "Dismissed: Not about us" in said_back
    assert "data-mention=" not in said_back
    undo = reverse("desk:restore_mention", args=[mention.pk])
    assert undo in said_back
    gone = page(company.ben, "dismissed")
    assert "The airline" in gone
    assert "Mika" in gone
    client.post(undo, headers=HTMX)
    assert "meridian airlines" in page(company.ben)


def test_what_was_learnt_stands_with_its_note(company, monitor):
    monitor("larkair", "competitor")
    hear(said("larkair charges for hand luggage"))
    post(company.mika, "learn_mention", Mention.objects.get(), {}, note="Ask for nothing")
    learnt = page(company.ben, "learnt")
    assert "Ask for nothing" in learnt
    assert Mention.objects.get().state == MentionState.LEARNT
    assert "larkair" not in page(company.ben, "opportunities")


def test_a_viewer_reads_and_has_no_buttons(company, monitor):
    monitor("meridian")
    hear(said("meridian, hello"))
    listed = page(company.vic)
    assert "meridian, hello" in listed
    assert 'class="acts"' not in listed.partition('id="mentions"')[2]


def test_what_strangers_write_stays_text(company, monitor):
    monitor("meridian")
    hear(
        said(
            "meridian <script>alert(1)</script>",
            author="<b>x",
            links=("javascript:alert(1)",),
            url="javascript:alert(2)",
        )
    )
    one = reverse("desk:mention", args=[Mention.objects.get().pk])
    for text in (page(company.mika), client_of(company.mika).get(one).content.decode()):
        assert "<script>alert" not in text
        assert "<b>x" not in text
        assert 'href="javascript' not in text


def test_a_long_list_asks_as_often_as_a_short_one(company, monitor):
    monitor("meridian")
    counts = []
    for number in range(2):
        hear(*(said(f"meridian {number} {n} x{n} y{n} z{n}") for n in range(1 + number * 40)))
        client = client_of(company.mika)
        with CaptureQueriesContext(connection) as caught:
            client.get(reverse("desk:mentions"), headers=HTMX)
        counts.append(len(caught))
    assert counts[0] == counts[1] < 16


def test_a_list_that_does_not_exist_is_not_found(company):
    answer = client_of(company.mika).get(reverse("desk:mentions"), {"list": "secret"})
    assert answer.status_code == 404


def test_the_rule_of_a_monitor_is_saved_and_shown(company):
    client = client_of(company.lena)
    sent = {"name": "Us", "kind": "brand", "query": "meridian", "at_once": "on"}
    client.post(reverse("manage:save_monitor"), sent)
    assert Monitor.objects.get().at_once
    shown = client.get(reverse("manage:monitors")).content.decode()
    assert "into the inbox at once" in shown
    sent.pop("at_once")
    client.post(reverse("manage:save_monitor"), sent | {"monitor": str(Monitor.objects.get().pk)})
    assert not Monitor.objects.get().at_once


def test_a_monitor_shows_what_it_heard_outside_of_conversations(company, monitor):
    ours = monitor("meridian")
    hear(said("meridian overheard"))
    shown = client_of(company.lena).get(reverse("manage:monitor", args=[ours.pk])).content.decode()
    assert "meridian overheard" in shown
    assert reverse("desk:mention", args=[Mention.objects.get().pk]) in shown


def many(monitor: Callable[..., Monitor], count: int = 250) -> list[str]:
    """Mentions that say different things, the oldest first; their texts."""
    monitor("meridian")
    texts = [f"meridian {n} x{n} y{n} z{n} w{n}" for n in range(count)]
    hear(*map(said, texts))
    return texts


def read_on(user: User, which: str) -> list[list[str]]:
    """The ids on each page of a list, as somebody sees them who scrolls to its end."""
    client, address, pages = client_of(user), f"{reverse('desk:mentions')}?list={which}", []
    while address:
        text = client.get(address, headers=HTMX).content.decode()
        pages.append(re.findall(r'data-mention="(\d+)"', text))
        on = re.search(r'<li class="more"[^>]*hx-get="([^"]+)"', text)
        address = unescape(on[1]) if on else ""
    return pages


def test_a_list_of_250_is_read_to_its_end_each_line_once(company, monitor):
    many(monitor)
    every = [str(pk) for pk in Mention.objects.order_by("sent_at").values_list("pk", flat=True)]
    pages = read_on(company.mika, "unheard")
    assert [len(each) for each in pages] == [100, 100, 50]
    assert list(chain(*pages)) == every
    assert "<b>250</b> wait" in page(company.mika)


def test_lines_of_one_moment_are_parted_by_their_ids(company, monitor):
    many(monitor)
    Mention.objects.update(state="dismissed", reason="spam", settled_by=company.mika)
    Mention.objects.update(settled_at=clock.now())
    ids = [str(pk) for pk in Mention.objects.order_by("-pk").values_list("pk", flat=True)]
    assert list(chain(*read_on(company.mika, "dismissed"))) == ids


def test_what_comes_anew_is_as_long_as_it_was(company, monitor):
    many(monitor)
    client = client_of(company.mika)
    asked = {"list": "unheard", "rows": "200"}
    again = client.get(reverse("desk:mentions"), asked, headers=HTMX).content.decode()
    assert again.count("data-mention=") == 200
    gone = Mention.objects.order_by("sent_at")[150]
    sent = {"reason": "spam", **asked}
    left = post(company.mika, "dismiss_mention", gone, HTMX, **sent)
    assert left.count("data-mention=") == 200
    assert f'data-mention="{gone.pk}"' not in left


@pytest.mark.parametrize("after", ["x", "2026-11-22T10:00:00,5", "2026-11-22T10:00:00+00:00,x"])
def test_a_place_nobody_gave_out_is_not_found(company, after):
    answer = client_of(company.mika).get(reverse("desk:mentions"), {"after": after})
    assert answer.status_code == 404


def counted(user: User) -> int:
    """The number beside "Mentions" in the left column."""
    column = client_of(user).get(reverse("desk:counts")).content.decode()
    found = re.search(r'<bdi>Mentions</bdi><span class="num[^"]*">(\d+)', column)
    assert found, column
    return int(found[1])


def test_the_left_column_counts_who_is_unheard(company, monitor, receive):
    monitor("meridian")
    monitor("larkair", "competitor")
    assert counted(company.mika) == 0
    hear(said("meridian one"), said("meridian two, other words"), said("larkair three"))
    hear(said("@meridian.example meridian called"))
    assert counted(company.mika) == 2
    asked = receive("meridian, anybody?", why=Why.SEARCH)
    ear = Ear()
    ear.refresh()
    ear.hear(posts_of([Message.objects.get().pk]))
    assert counted(company.mika) == 3
    close(asked, reason="thanks", by=company.mika)
    settle.dismiss(Mention.objects.get(text="meridian one"), "spam", by=company.mika)
    assert counted(company.mika) == 1


def test_nobody_counts_what_they_may_not_see(company, monitor, receive):
    monitor("meridian", team=company.billing)
    hear(said("meridian secret"))
    asked = receive("meridian, anybody?", why=Why.SEARCH)
    move(asked, to=company.billing, by=company.maren)
    ear = Ear()
    ear.refresh()
    ear.hear(posts_of([Message.objects.get().pk]))
    assert [counted(each) for each in (company.mika, company.bea, company.maren)] == [0, 2, 2]
