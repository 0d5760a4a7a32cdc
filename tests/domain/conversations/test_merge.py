"""Two conversations as one case, and two again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from harken.domain.conversations.models import Conversation
from harken.domain.conversations.models_set_aside import Merge, Snooze
from harken.domain.conversations.queries import counts, inbox, row, visible_to
from harken.domain.conversations.queries_case import asked_first, case_of, mergeable
from harken.domain.conversations.services.close import close, reopen
from harken.domain.conversations.services.merge import CannotMerge, merge, unmerge
from harken.domain.conversations.services.next import take_next
from harken.domain.conversations.services.snooze import UNTIL_THEY_WRITE, snooze
from harken.domain.conversations.services.topics import move, set_topic
from harken.domain.journal.models import Event
from harken.kit import clock
from harken.kit.refusals import Invalid, NotAllowed

pytestmark = pytest.mark.django_db


@pytest.fixture
def two(receive):
    """Two conversations of one person; the second has waited longer."""
    first = receive("Where is my bag?", sent_at=clock.now() - timedelta(seconds=20))
    second = receive("My bag!", sent_at=clock.now() - timedelta(seconds=40))
    return first, second


def shown(user, view: str) -> list[int]:
    return [each.id for each in inbox(user, view).rows]


def fresh(conversation: Conversation) -> Conversation:
    return Conversation.objects.get(pk=conversation.pk)


def test_a_case_is_one_row_with_the_clock_of_whoever_waits_longest(company, two):
    first, second = two
    case = merge(first, second, by=company.mika, reason="said twice")
    assert shown(company.mika, "hot") == [first.pk]
    found = row(company.mika, first.pk)
    assert found
    assert (found.waiting_since, found.due_at) == (second.waiting_since, second.due_at)
    assert found.due_seconds == 60
    assert counts(company.mika).views["hot"] == 1
    assert [each.pk for each in case_of(fresh(second))] == [first.pk, second.pk]
    assert asked_first(case_of(case)) == second
    made = Merge.objects.get()
    assert (made.reason, made.made_by, made.undone_at) == ("said twice", company.mika, None)
    assert set(Event.objects.filter(kind__in=["CaseGrown", "ConversationMerged"]).values_list(
        "kind", "conversation_id"
    )) == {("CaseGrown", first.pk), ("ConversationMerged", second.pk)}  # fmt: skip


def test_un_merging_leaves_both_as_they_were(company, two):
    before = [fresh(each).__dict__ for each in two]
    merge(*two, by=company.mika)
    unmerge(two[1], by=company.ben)
    after = [fresh(each).__dict__ for each in two]
    for old, new in zip(before, after, strict=True):
        assert {k: v for k, v in old.items() if k != "_state"} == {
            k: v for k, v in new.items() if k != "_state"
        }
    assert Merge.objects.get().undone_by == company.ben


def test_next_gives_the_case_once(company, two):
    merge(*two, by=company.mika)
    assert take_next("hot", by=company.ben) == two[0]
    assert take_next("hot", by=company.mika) is None


def test_a_new_post_lands_in_its_own_tree_and_opens_the_case_again(company, two, receive):
    first, second = two
    merge(first, second, by=company.mika)
    close(first, reason="thanks", by=company.mika)
    assert fresh(second).state == "closed"
    assert shown(company.mika, "closed") == [first.pk]
    came = receive("One more thing", root_id=second.thread_key)
    assert came.pk == second.pk
    assert fresh(first).state == "closed"
    assert shown(company.mika, "hot") == [first.pk]
    assert shown(company.mika, "closed") == []


def test_what_was_closed_together_opens_together(company, two):
    merge(*two, by=company.mika)
    close(two[0], reason="thanks", by=company.mika)
    reopen(two[0], by=company.mika)
    assert [fresh(each).state for each in two] == ["open", "open"]
    assert [fresh(each).waiting_since is not None for each in two] == [True, True]


def test_a_case_belongs_to_the_team_of_the_leading_one(company, two):
    first, second = two
    move(first, to=company.billing, by=company.maren)
    merge(first, second, by=company.maren)
    assert not visible_to(company.mika).filter(pk=second.pk).exists()
    assert visible_to(company.bea).filter(pk=second.pk).exists()
    assert fresh(second).team == company.service
    set_topic(fresh(first), company.baggage, by=company.bea)
    assert visible_to(company.mika).filter(pk=second.pk).exists()
    assert not visible_to(company.bea).filter(pk=second.pk).exists()
    unmerge(second, by=company.mika)
    assert fresh(second).reader_team == company.service.pk


def test_merging_needs_to_see_both(company, two):
    move(two[0], to=company.billing, by=company.maren)
    with pytest.raises(NotAllowed):
        merge(*two, by=company.mika)
    with pytest.raises(NotAllowed):
        merge(*two, by=company.vic)


def test_two_people_are_not_one_case(company, two, receive):
    with pytest.raises(Invalid, match="two people"):
        merge(two[0], receive(by="jonas"), by=company.mika)
    with pytest.raises(Invalid, match="same"):
        merge(two[0], two[0], by=company.mika)


def test_cases_do_not_nest(company, two, receive):
    third = receive("And my pram")
    merge(*two, by=company.mika)
    with pytest.raises(CannotMerge, match="leads a case"):
        merge(third, two[0], by=company.mika)
    with pytest.raises(CannotMerge, match="another case"):
        merge(third, two[1], by=company.mika)
    assert merge(two[0], third, by=company.mika).members.count() == 2
    assert merge(two[0], third, by=company.mika).members.count() == 2
    assert Merge.objects.count() == 2


def test_only_free_conversations_of_the_person_are_offered(company, two, receive):
    third = receive("The pram is broken", by="amara")
    receive("Somebody else", by="jonas")
    assert {each.pk for each in mergeable(company.mika, two[0])} == {two[1].pk, third.pk}
    assert mergeable(company.mika, two[0], "pram") == [third]
    merge(two[0], third, by=company.mika)
    assert mergeable(company.mika, two[0]) == [two[1]]
    move(two[1], to=company.billing, by=company.maren)
    assert mergeable(company.mika, two[0]) == []


def test_a_snoozed_case_wakes_when_somebody_in_it_waits(company, two, receive):
    first, second = two
    close(first, reason="thanks", by=company.mika)
    reopened = Conversation.objects.filter(pk=first.pk)
    reopened.update(state="open", closed_at=None)
    snooze(fresh(first), UNTIL_THEY_WRITE, by=company.mika)
    merge(fresh(first), second, by=company.mika)
    assert shown(company.mika, "hot") == [first.pk]
    close(second, reason="thanks", by=company.mika)
    snooze(fresh(first), UNTIL_THEY_WRITE, by=company.mika)
    receive("Still nothing", root_id=second.thread_key)
    assert shown(company.mika, "hot") == [first.pk]
    assert list(Snooze.objects.order_by("pk").values_list("ended_why", flat=True)) == [
        "merged",
        "customer",
    ]
