"""Who answers for a waiting customer, and who does when that person is away for a minute."""

from __future__ import annotations

import pytest

from harken.domain.conversations.queries import counts, inbox
from harken.domain.conversations.services.assign import assign, take
from harken.domain.conversations.services.close import close
from harken.domain.conversations.services.topic_tree import TopicPlan, change_topic
from harken.domain.conversations.services.topics import move, set_topic
from harken.domain.departments.models import Part, Responsibility
from harken.domain.departments.queries import owner_of, without_owner
from harken.domain.departments.services.name import catch_up
from harken.domain.departments.tasks import look
from harken.domain.journal.models import Event
from harken.domain.notifications.models import Notification
from tests.domain.departments.conftest import let_pass

pytestmark = pytest.mark.django_db


def listed(user):
    return list(without_owner(user).values_list("pk", flat=True))


def test_the_assignee_answers_then_the_owner_of_the_topic_then_the_lead(owned, receive, arrive):
    arrive(owned.mika, owned.ben, owned.lena)
    nameless = receive("Nobody knows what this is about", by="eva")
    look()
    assert owner_of(nameless).user == owned.lena
    assert owner_of(nameless).part == Part.LEAD
    about = set_topic(receive(by="tom"), owned.baggage, by=owned.ben)
    assert (owner_of(about).user, owner_of(about).part) == (owned.mika, Part.OWNER)
    taken = take(about, by=owned.ben)
    assert (owner_of(taken).user, owner_of(taken).part) == (owned.ben, Part.ASSIGNEE)
    assert owner_of(taken).is_there


def test_after_a_minute_the_deputy_answers_and_then_the_lead(owned, receive, arrive):
    arrive(owned.ben, owned.lena)
    asked = set_topic(receive(), owned.baggage, by=owned.maren)
    due = asked.due_at
    let_pass(59)
    assert owner_of(asked).user == owned.mika
    let_pass(1.5)
    found = owner_of(asked)
    assert (found.user, found.part, found.instead_of) == (owned.ben, Part.DEPUTY, owned.mika)
    arrive(owned.lena)
    let_pass(61)
    assert owner_of(asked).user == owned.lena
    moves = Event.objects.filter(kind="ResponsibilityMoved").order_by("id")
    assert [(e.data["before"], e.data["user"], e.data["part"]) for e in moves] == [
        (owned.mika.pk, owned.ben.pk, "deputy"),
        (owned.ben.pk, owned.lena.pk, "lead"),
    ]
    asked.refresh_from_db()
    assert (asked.due_at, asked.assignee) == (due, None)
    assert listed(owned.lena) == []


def test_what_an_absent_colleague_has_moves_with_both_names_and_the_clock_runs_on(
    owned, receive, arrive
):
    arrive(owned.mika, owned.bea)
    asked = set_topic(receive(), owned.baggage, by=owned.maren)
    asked = assign(asked, to=owned.ben, by=owned.maren)
    due = asked.due_at
    let_pass(61)
    asked.refresh_from_db()
    assert asked.assignee == owned.mika
    given = Event.objects.filter(kind="ConversationAssigned").latest("id")
    assert (given.actor_id, given.data["before"], given.data["assignee"], given.data["cause"]) == (
        None,
        owned.ben.pk,
        owned.mika.pk,
        "away",
    )
    assert asked.due_at == due is not None


def test_without_anybody_it_is_listed_until_somebody_comes(owned, receive, arrive):
    arrive(owned.bea)
    asked = set_topic(receive(), owned.baggage, by=owned.maren)
    let_pass(59)
    assert listed(owned.lena) == []
    let_pass(1.5)
    assert listed(owned.lena) == listed(owned.mika) == listed(owned.maren) == [asked.pk]
    assert counts(owned.lena).views["unowned"] == 1
    assert [row.id for row in inbox(owned.lena, "unowned").rows] == [asked.pk]
    assert Event.objects.filter(kind="OwnerMissing").count() == 1
    let_pass(600)
    assert Event.objects.filter(kind="OwnerMissing").count() == 1, "listed once"
    arrive(owned.lena)
    assert listed(owned.lena) == []
    assert owner_of(asked).user == owned.lena


def test_the_owner_who_comes_back_in_time_keeps_it(owned, receive, arrive):
    arrive()
    asked = set_topic(receive(), owned.baggage, by=owned.maren)
    let_pass(61)
    arrive(owned.mika)
    assert (owner_of(asked).user, listed(owned.lena)) == (owned.mika, [])
    assert Event.objects.get(kind="OwnerBack").data == {"user": owned.mika.pk}


def test_another_department_neither_answers_nor_sees_the_list(owned, receive, arrive):
    owned.baggage.deputy = owned.bea  # of billing: cannot see it, whatever the row says
    owned.baggage.save()
    arrive(owned.bea)
    asked = set_topic(receive(), owned.baggage, by=owned.maren)
    let_pass(61)
    assert owner_of(asked).user == owned.mika
    assert (listed(owned.bea), counts(owned.bea).views["unowned"]) == ([], 0)
    assert listed(owned.mika) == [asked.pk]


def test_an_answered_or_closed_one_has_no_owner_to_miss(owned, receive, arrive):
    arrive()
    asked = set_topic(receive(), owned.baggage, by=owned.maren)
    let_pass(61)
    close(asked, reason="spam", by=owned.maren)
    assert listed(owned.maren) == []
    assert not Responsibility.objects.exists()


def test_whoever_stands_in_stays_while_the_customer_goes_on_writing(owned, receive, arrive):
    arrive(owned.ben)
    asked = set_topic(receive(), owned.baggage, by=owned.maren)
    let_pass(61)
    receive("And another thing", root_id=asked.thread_key, parent_id=asked.thread_key)
    arrive(owned.ben, owned.mika)
    assert owner_of(asked).user == owned.ben


def test_another_team_means_another_owner(owned, receive, arrive):
    arrive(owned.mika, owned.maren)
    asked = set_topic(receive(), owned.baggage, by=owned.maren)
    asked = set_topic(asked, None, by=owned.maren)
    asked = move(asked, to=owned.billing, by=owned.maren)
    look()
    assert owner_of(asked).user == owned.maren, "billing has no lead: a manager who is there"


def test_after_a_restored_backup_everybody_who_waits_has_an_owner(owned, receive, arrive):
    arrive(owned.mika)
    asked = set_topic(receive(), owned.baggage, by=owned.maren)
    Responsibility.objects.all().delete()
    catch_up()
    assert Responsibility.objects.get().user == owned.mika
    assert owner_of(asked).is_there


def test_the_new_owner_of_a_topic_answers_for_what_waits_there(owned, receive, arrive):
    arrive(owned.mika, owned.ben)
    asked = set_topic(receive(), owned.baggage, by=owned.maren)
    had = take(set_topic(receive(by="tom"), owned.baggage, by=owned.maren), by=owned.mika)
    plan = TopicPlan("Baggage", owned.service, owner=owned.ben)
    change_topic(owned.baggage, plan, by=owned.lena)
    assert (owner_of(asked).user, owner_of(had).user) == (owned.ben, owned.mika)


def test_who_is_on_call_is_told_once_and_the_deputy_of_what_is_theirs(owned, receive, arrive):
    arrive(owned.bea)
    first = set_topic(receive(), owned.baggage, by=owned.maren)
    let_pass(61)
    set_topic(receive(by="tom"), owned.baggage, by=owned.maren)
    let_pass(61)
    told = Notification.objects.filter(kind="without_owner")
    assert {one.person for one in told} == {owned.lena, owned.maren}, "nobody is on call: leaders"
    assert {one.url for one in told} == {"/desk/?view=unowned"}
    arrive(owned.ben)
    assert owner_of(first).user == owned.ben
    assert told.get(person=owned.ben).text.startswith("2 customers wait")
