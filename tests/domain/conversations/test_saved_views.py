"""Narrowing lists, keeping them as views, and their counts."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from harken.domain.contacts.services import set_mark
from harken.domain.conversations import filters
from harken.domain.conversations.filters import Filter
from harken.domain.conversations.models import Topic
from harken.domain.conversations.models_views import SavedView
from harken.domain.conversations.queries import in_view, inbox
from harken.domain.conversations.queries_asked import saved_views
from harken.domain.conversations.queries_tags import tags_in_use
from harken.domain.conversations.queries_views import saved_counts
from harken.domain.conversations.services.assign import take
from harken.domain.conversations.services.next import take_next
from harken.domain.conversations.services.priority import set_priority
from harken.domain.conversations.services.tags import add_tag
from harken.domain.conversations.services.topics import move, set_topic
from harken.domain.conversations.services.views import (
    Wish,
    add_view,
    change_view,
    move_view,
    remove_view,
)
from harken.kit import clock
from harken.kit.refusals import Invalid, NotAllowed

pytestmark = pytest.mark.django_db


def shown(user, view):
    return {conversation.pk for conversation in in_view(user, view)}


def test_every_field_narrows_and_all_must_hold(company, receive):
    plain, other = receive(by="jonas"), receive("Bonjour", by="selin", lang="fr")
    wanted = receive("Where is my refund?", by="amara")
    add_tag(wanted, "refund", by=company.mika)
    set_priority(wanted, "high", by=company.mika)
    set_mark(wanted.contact, "vip", by=company.mika)
    set_topic(wanted, company.baggage, by=company.mika)
    take(wanted, by=company.mika)
    for narrowed in (
        "tag=refund",
        "priority=high",
        "priority=high&priority=urgent",
        "mark=vip",
        "mark=any",
        "topic=baggage",
        "assignee=me",
        f"assignee={company.mika.pk}",
        "text=refund",
        "text=amara",
        "tag=refund&priority=high&mark=vip&topic=baggage&waits=yes&team=service",
    ):
        assert shown(company.mika, f"all&{narrowed}") == {wanted.pk}, narrowed
    assert shown(company.mika, "all&assignee=none") == {plain.pk, other.pk}
    assert shown(company.mika, f"all&channel={company.channel.pk}") == shown(company.mika, "all")
    for nothing in ("tag=refund&tag=other", "priority=low", "waits=no", "mark=press", "text=zzz"):
        assert shown(company.mika, f"all&{nothing}") == set(), nothing


def test_a_topic_stands_for_what_lies_below_it(company, receive):
    lost = Topic.objects.create(
        name="Lost", slug="lost", team=company.service, parent=company.baggage
    )
    below = set_topic(receive(), lost, by=company.mika)
    assert shown(company.mika, "all&topic=baggage") == {below.pk}
    assert shown(company.mika, "all&topic=lost") == {below.pk}
    assert shown(company.mika, "all&topic=invoice") == set()


@pytest.mark.parametrize(
    "view",
    ["all&priority=asap", "all&channel=x", "saved:1", "saved:x", "all&waits=maybe", "x" * 1001],
)
def test_a_view_that_makes_no_sense_does_not_exist(company, view):
    with pytest.raises(ValueError, match=r".+"):
        shown(company.mika, view)


def test_a_written_view_reads_back_the_same():
    narrowed = Filter.of({"tag": ["späte-hilfe", "a&b=c"], "text": ["50 % off"], "mark": [""]})
    assert filters.read(filters.written("team:a-b", narrowed)) == ("team:a-b", narrowed)


def test_paging_by_time_left_goes_on_through_those_who_do_not_wait(company, receive):
    for number in range(7):
        receive(by=f"guest{number}", sent_at=clock.now() - timedelta(seconds=number))
    from harken.domain.conversations.models import Conversation

    some = list(Conversation.objects.values_list("pk", flat=True))
    Conversation.objects.filter(pk__in=some[:4]).update(waiting_since=None, due_at=None)
    Conversation.objects.filter(pk__in=some[4:5]).update(due_at=None)
    seen, before = [], None
    while True:
        page = inbox(company.mika, "all&sort=hot", before=before, limit=2)
        seen += [row.id for row in page.rows]
        if not (before := page.next):
            break
    assert len(seen) == len(set(seen)) == 7
    assert seen[:2] == [each.pk for each in in_view(company.mika, "hot").order_by("due_at")[:2]]


def test_a_view_is_one_s_own_a_team_s_or_everybody_s(company):
    mine = add_view(Wish(name="Mine", view="hot"), by=company.mika)
    ours = add_view(
        Wish(name="Ours", view="all", shared="team", team=company.service), by=company.mika
    )
    everybody = add_view(Wish(name="House", view="all", shared="all"), by=company.lena)
    assert list(saved_views(company.mika)) == [mine, ours, everybody]
    assert list(saved_views(company.ben)) == [ours, everybody]
    assert list(saved_views(company.bea)) == [everybody]
    with pytest.raises(ValueError, match="no view"):
        shown(company.ben, f"saved:{mine.pk}")
    for shared, team in (("all", None), ("team", company.billing)):
        with pytest.raises(NotAllowed):
            add_view(Wish(name="No", view="all", shared=shared, team=team), by=company.mika)
    with pytest.raises(Invalid):
        add_view(Wish(name=" ", view="all"), by=company.mika)
    with pytest.raises(Invalid):
        add_view(Wish(name="Gone", view="saved:999"), by=company.mika)


def test_a_shared_view_shows_everybody_only_what_they_may_see(company, receive):
    ours = receive(by="amara")
    theirs = move(receive(by="jonas"), to=company.billing, by=company.maren)
    for each in (ours, theirs):
        add_tag(each, "refund", by=company.maren)
    view = add_view(Wish(name="Refunds", view="all&tag=refund", shared="all"), by=company.maren)
    assert shown(company.mika, f"saved:{view.pk}") == {ours.pk}
    assert shown(company.bea, f"saved:{view.pk}") == {theirs.pk}
    counted = {
        user.username: saved_counts(user, [view])[view.pk]
        for user in (company.mika, company.bea, company.maren)
    }
    assert counted == {"mika": 1, "bea": 1, "maren": 2}


def test_tags_of_another_team_are_not_offered(company, receive):
    theirs = move(receive(), to=company.billing, by=company.maren)
    add_tag(theirs, "secret-deal", by=company.bea)
    assert tags_in_use(company.mika).alone() == []
    assert [tag.name for tag in tags_in_use(company.maren).alone()] == ["secret-deal"]


def test_all_counts_of_a_person_are_one_statement_and_true(company, receive):
    for number in range(6):
        conversation = receive(by=f"guest{number}")
        if number % 2:
            add_tag(conversation, "refund", by=company.mika)
        if number % 3 == 0:
            set_priority(conversation, "high", by=company.mika)
    wishes = ["hot", "all&tag=refund", "all&priority=high", "all&tag=refund&priority=high", "mine"]
    views = [add_view(Wish(name=view, view=view), by=company.mika) for view in wishes]
    closed = add_view(Wish(name="closed", view="closed"), by=company.mika)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        counted = saved_counts(company.mika, [*views, closed])
    assert len(asked) == 1
    assert counted == {view.pk: len(shown(company.mika, f"saved:{view.pk}")) for view in views}


def test_next_works_inside_a_saved_view_in_its_order(company, receive):
    now = clock.now()
    old, young, untagged = (
        receive(by=name, sent_at=now - timedelta(seconds=seconds))
        for name, seconds in (("amara", 50), ("jonas", 20), ("selin", 70))
    )
    for each in (old, young):
        add_tag(each, "refund", by=company.mika)
    wish = Wish(name="Refunds", view="all&tag=refund")
    newest = add_view(wish, by=company.mika)
    assert take_next(f"saved:{newest.pk}", by=company.mika) == young
    change_view(newest, Wish(name="Hot refunds", view="all&tag=refund&sort=hot"), by=company.mika)
    assert take_next(f"saved:{newest.pk}", by=company.mika) == old
    assert take_next(f"saved:{newest.pk}", by=company.mika) is None
    assert take_next("hot", by=company.mika) == untagged


def test_views_change_places_among_their_own_and_only_by_who_may(company):
    first, second, third = (
        add_view(Wish(name=name, view="all"), by=company.mika) for name in ("A", "B", "C")
    )
    move_view(third, up=True, by=company.mika)
    assert [view.name for view in saved_views(company.mika)] == ["A", "C", "B"]
    move_view(first, up=True, by=company.mika)
    assert [view.name for view in saved_views(company.mika)] == ["A", "C", "B"]
    with pytest.raises(NotAllowed):
        move_view(second, up=True, by=company.lena)
    with pytest.raises(NotAllowed):
        remove_view(second, by=company.ben)
    remove_view(second, by=company.mika)
    assert SavedView.objects.count() == 2


def test_a_saved_view_narrowed_further_becomes_a_view_of_its_own(company):
    refunds = add_view(Wish(name="Refunds", view="hot&tag=refund"), by=company.mika)
    both = add_view(Wish(name="Mine", view=f"saved:{refunds.pk}&assignee=me"), by=company.mika)
    assert (both.base, both.sort) == ("hot", "hot")
    assert both.narrowed == {"tag": ["refund"], "assignee": ["me"]}
