"""A post that was heard is kept once as a mention, whichever way it came."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction

from harken.domain.conversations.models import Message
from harken.domain.conversations.models_early import Tombstone
from harken.domain.conversations.services.receive import receive_posts
from harken.domain.journal.models import Event
from harken.domain.listening.models import ListeningCursor, MonitorHit
from harken.domain.listening.models_mentions import Mention, MentionState
from harken.domain.listening.services.hear import Ear
from harken.domain.listening.services.settle import dismiss
from harken.domain.listening.stored import Post, heard_of
from harken.domain.listening.tasks import NAME
from harken.kit import clock
from harken.kit.connector import PostDeleted, PostEdited, Why
from tests.domain.listening.conftest import work_off
from tests.domain.listening.posts import hear, said

LONG = "Since this morning the Meridian battery drops to zero on every single hill, beware"


def test_one_post_that_names_three_companies_is_one_mention_and_counts_for_each(monitor):
    kinds = {"meridian": "brand", "larkair": "competitor", "skylark": "product"}
    monitors = [monitor(name, kind=kind) for name, kind in kinds.items()]
    assert hear(said("Meridian, LarkAir or Skylark?")) == 3
    mention = Mention.objects.get()
    assert sorted(mention.hits.values_list("monitor", flat=True)) == [m.pk for m in monitors]


def test_what_a_source_tells_stands_in_the_mention(monitor):
    monitor("meridian")
    heard = said(
        "Meridian!", author="zora", lang="nl", links=("https://a.example/",), pictures=2, reach=70
    )
    hear(heard)
    mention = Mention.objects.get()
    assert (mention.network, mention.uri, mention.author) == ("loopback", heard.uri, "zora")
    assert (mention.text, mention.lang, mention.links) == ("Meridian!", "nl", list(heard.links))
    assert (mention.pictures, mention.reach, mention.sent_at) == (2, 70, heard.sent_at)
    assert (mention.state, mention.untagged, mention.by_us) == (MentionState.NEW, True, False)


def test_a_post_nobody_listens_for_is_not_kept(monitor):
    monitor("meridian")
    hear(said("Nothing of it"))
    assert not Mention.objects.exists()


def test_the_same_post_from_a_source_and_then_from_the_channel_is_one_mention(
    listening, monitor, receive
):
    monitor("meridian")
    hear(said("meridian, late again", uri="post-x"))
    receive("meridian, late again", external_id="post-x", why=Why.SEARCH)
    work_off(listening)
    mention, message = Mention.objects.get(), Message.objects.get()
    assert (mention.message, mention.state) == (message, MentionState.TAKEN)
    assert MonitorHit.objects.get().message == message


def test_the_same_post_from_the_channel_and_then_from_a_source_is_one_mention(
    listening, monitor, receive
):
    receive("meridian, late again", external_id="post-x", why=Why.SEARCH)
    work_off(listening)
    monitor("meridian")
    hear(said("meridian, late again", uri="post-x"))
    mention, message = Mention.objects.get(), Message.objects.get()
    assert (mention.message, mention.state) == (message, MentionState.TAKEN)
    assert MonitorHit.objects.get().message == message


def test_a_message_no_monitor_hears_any_more_still_joins_its_mention(listening, monitor, receive):
    monitor("meridian late")
    hear(said("meridian late", uri="post-x"))
    receive("meridian on time", external_id="post-x", why=Why.SEARCH)
    work_off(listening)
    mention = Mention.objects.get()
    assert (mention.message, mention.text) == (Message.objects.get(), "meridian on time")


def test_reading_everything_again_changes_nothing(listening, monitor, receive):
    monitor("meridian")
    hear(said(LONG, uri="a"), said(f"{LONG}!!", uri="b"))
    receive("meridian by channel")
    work_off(listening)
    before = list(Mention.objects.order_by("pk").values())
    told = Event.objects.filter(kind="MentionHeard").count()
    hear(said(LONG, uri="a"), said(f"{LONG}!!", uri="b"))
    ListeningCursor.objects.filter(pk=NAME).update(xid=0, event=0)
    work_off(listening)
    assert list(Mention.objects.order_by("pk").values()) == before
    assert Event.objects.filter(kind="MentionHeard").count() == told


def test_two_at_once_keep_each_post_once(transactional_db, company, monitor):
    monitor("meridian")
    posts = [said(f"meridian number {n} says hello again to you", uri=f"p{n}") for n in range(40)]
    barrier = threading.Barrier(2)

    def listen(order: int) -> None:
        try:
            barrier.wait()
            for start in range(0, 40, 10):
                hear(*posts[start : start + 10][::order])
        finally:
            connection.close()

    threads = [threading.Thread(target=listen, args=(order,)) for order in (1, -1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Mention.objects.count() == MonitorHit.objects.count() == 40
    assert Mention.objects.filter(fold=None).count() == 1


def test_a_mention_and_its_hits_stand_or_fall_together(db, monitor):
    monitor("meridian")
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        hear(said("meridian"))
        raise ZeroDivisionError
    assert not Mention.objects.exists()
    assert not Event.objects.filter(kind="MentionHeard").exists()


def test_an_edited_message_is_edited_in_its_mention_and_a_source_cannot_undo_it(
    listening, company, monitor, receive
):
    monitor("meridian")
    receive("meridian is late", external_id="post-x", why=Why.SEARCH)
    work_off(listening)
    edit = PostEdited("post-x", "all is well", clock.now(), "2")
    receive_posts(company.channel, [edit])
    work_off(listening)
    hear(said("meridian is late", uri="post-x"))
    assert Mention.objects.get().text == "all is well"


def test_an_edited_post_that_is_no_message_says_what_the_source_said_last(monitor):
    monitor("meridian")
    hear(said("meridian is late", uri="post-x"))
    hear(said("meridian was late", uri="post-x"))
    assert Mention.objects.get().text == "meridian was late"


def test_a_deleted_message_is_deleted_as_a_mention_and_stays_deleted(
    listening, company, monitor, receive
):
    monitor("meridian")
    receive("meridian is late", external_id="post-x", why=Why.SEARCH)
    work_off(listening)
    receive_posts(company.channel, [PostDeleted("post-x", clock.now())])
    work_off(listening)
    assert Mention.objects.get().deleted_at is not None
    hear(said("meridian is late", uri="post-x"))
    assert Mention.objects.get().deleted_at is not None


def test_a_post_whose_deletion_came_first_is_never_listed(company, monitor):
    monitor("meridian")
    Tombstone.objects.create(channel=company.channel, external_id="x", deleted_at=clock.now())
    hear(said("meridian", uri="x"))
    assert Mention.objects.get().deleted_at is not None


@pytest.mark.parametrize(
    ("text", "author", "untagged", "by_us"),
    [
        ("Meridian, anybody?", "zora.example", True, False),
        ("Hello @Meridian.example, anybody?", "zora.example", False, False),
        ("Meridian is open today", "meridian.example", False, True),
        ("Meridian is open today", "acct-meridian", False, True),
    ],
)
def test_who_calls_us_and_who_is_us_is_known(company, monitor, text, author, untagged, by_us):
    monitor("meridian")
    hits = hear(said(text, author=author))
    mention = Mention.objects.get()
    assert (mention.untagged, mention.by_us) == (untagged, by_us)
    assert hits == MonitorHit.objects.count() == (0 if by_us else 1)


def test_a_message_that_called_us_is_not_untagged_whatever_its_text(listening, monitor, receive):
    monitor("meridian")
    receive("meridian!", why=Why.MENTION)
    receive("meridian?", why=Why.SEARCH, by="zora")
    work_off(listening)
    found = dict(Mention.objects.values_list("text", "untagged"))
    assert found == {"meridian!": False, "meridian?": True}


def test_what_was_said_in_private_is_no_mention(listening, monitor, receive):
    monitor("meridian")
    message = receive("meridian and my phone number").messages.get()
    Message.objects.filter(pk=message.pk).update(is_private=True)
    work_off(listening)
    assert not MonitorHit.objects.exists()


SAME = [
    ("a repost", LONG, LONG),
    ("a repost with the name before it", LONG, f"RT @zora.example: {LONG}"),
    ("a quotation with a word of one's own", LONG, f"Same here! “{LONG}”"),
    ("a shortened copy", LONG, LONG[:52]),
    ("a mistyped copy", LONG, LONG.replace("morning", "mornign")),
    ("another link behind it", f"{LONG} https://a.example/1", f"{LONG} https://b.example/2"),
    ("another case and other marks", LONG, LONG.upper().replace(",", " –")),
    (
        "a script without spaces",
        "メリディアンの電池がまた切れた",
        "メリディアンの電池がまた切れた!",
    ),
]
OTHER = [
    ("another complaint", LONG, "My Meridian order has not come for two weeks, where is it now"),
    ("a short word of thanks", "Thanks Meridian!", "Thanks Meridian!"),
    (
        "the same beginning only",
        "I bought a Meridian bike and love it so much every day",
        "I bought a Meridian bike but the shop closed and nobody answers",
    ),
]


@pytest.mark.parametrize(("first", "second"), [case[1:] for case in SAME], ids=[c[0] for c in SAME])
def test_what_says_the_same_is_folded_under_the_first(monitor, first, second):
    monitor("meridian OR メリディアン")
    hear(said(first, uri="a"))
    hear(said(second, uri="b", author="tom"))
    assert Mention.objects.get(uri="b").fold == Mention.objects.get(uri="a")


@pytest.mark.parametrize(
    ("first", "second"), [case[1:] for case in OTHER], ids=[c[0] for c in OTHER]
)
def test_what_says_something_else_stands_for_itself(monitor, first, second):
    monitor("meridian")
    hear(said(first, uri="a"), said(second, uri="b", author="tom"))
    assert Mention.objects.filter(fold=None).count() == 2


def test_a_short_quotation_of_a_long_post_is_found(monitor):
    monitor("meridian OR gearbox")
    words = [f"word{n}" for n in range(45)]
    hear(said(" ".join(["meridian", *words]), uri="a"))
    hear(said("so true: gearbox " + " ".join(words[20:32]), uri="b"))
    assert Mention.objects.get(uri="b").fold == Mention.objects.get(uri="a")


def test_copies_of_one_page_of_posts_fold_as_well_and_memory_holds_one_sketch(monitor):
    monitor("meridian")
    hear(*(said(LONG, uri=f"p{n}", author=f"a{n}") for n in range(15)))
    first = Mention.objects.get(fold=None)
    assert first.alike.count() == 14
    assert Mention.objects.exclude(sketch=[]).count() == 1
    assert Event.objects.filter(kind="MentionHeard").count() == 1


def test_a_post_is_not_folded_under_one_that_other_monitors_heard(company, monitor):
    monitor("meridian", team=company.service)
    monitor("larkair", team=company.billing)
    hear(said(LONG, uri="a"))
    hear(said(f"{LONG} LarkAir", uri="b"))
    assert Mention.objects.filter(fold=None).count() == 2


def test_a_copy_of_what_was_dismissed_is_not_listed_again_and_of_what_was_taken_is(
    company, monitor
):
    monitor("meridian")
    hear(said(LONG, uri="a"))
    dismiss(Mention.objects.get(), "spam", by=company.mika)
    hear(said(LONG, uri="b"))
    assert Mention.objects.get(uri="b").fold == Mention.objects.get(uri="a")
    Mention.objects.filter(uri="a").update(state=MentionState.TAKEN)
    hear(said(LONG, uri="c"))
    assert Mention.objects.get(uri="c").fold is None


def test_an_old_text_is_not_folded_under(monitor):
    monitor("meridian")
    hear(said(LONG, uri="a"))
    Mention.objects.update(heard_at=clock.now() - timedelta(days=4))
    hear(said(LONG, uri="b"))
    assert Mention.objects.get(uri="b").fold is None


def test_a_deleted_first_post_hands_its_fold_on(listening, company, monitor, receive):
    monitor("meridian")
    hear(said(LONG, uri="a"), said(LONG, uri="b"), said(LONG, uri="c"))
    first = Mention.objects.get(fold=None)
    receive(LONG, external_id=first.uri, why=Why.SEARCH)
    receive_posts(company.channel, [PostDeleted(first.uri, clock.now())])
    work_off(listening)
    second = Mention.objects.get(fold=None, deleted_at=None)
    assert second.alike.filter(deleted_at=None).count() == 1
    hear(said(LONG, uri="d"))
    assert Mention.objects.get(uri="d").fold == second


def test_who_said_the_same_is_listed_when_the_first_is_in_the_inbox(monitor, receive, listening):
    monitor("meridian")
    hear(said(LONG, uri="a"), said(LONG, uri="b"), said(LONG, uri="c"))
    first = Mention.objects.get(fold=None)
    receive(LONG, external_id=first.uri, why=Why.SEARCH)
    work_off(listening)
    assert Mention.objects.get(pk=first.pk).state == MentionState.TAKEN
    second = Mention.objects.get(fold=None, message=None)
    assert second.state == MentionState.NEW
    assert second.alike.count() == 1


def test_an_event_goes_to_the_teams_of_the_monitors_and_to_all_where_one_has_none(company, monitor):
    monitor("meridian", team=company.service)
    monitor("gearbox")
    hear(said("meridian only"))
    hear(said("meridian and its gearbox"))
    told = Event.objects.filter(kind="MentionHeard").order_by("id").values_list("teams", flat=True)
    assert list(told) == [[company.service.pk], []]


def test_a_stored_message_and_its_post_say_the_same(company, receive):
    conversation = receive("meridian")
    heard = heard_of(Message.objects.get(conversation=conversation), {})
    assert heard.url.startswith("https://network.example/")
    assert Ear().hear([Post(heard)]) == 0
