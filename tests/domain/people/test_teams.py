"""Teams: adding, renaming, who works in them, and what leaving one means."""

from __future__ import annotations

import pytest

from harken.domain.conversations.queries import visible_to
from harken.domain.conversations.services.assign import take
from harken.domain.departments.queries import owner_of
from harken.domain.journal.models import Event
from harken.domain.people.teams import add_team, join, leave, rename_team
from harken.kit.refusals import Invalid, NotAllowed

pytestmark = pytest.mark.django_db


def test_a_team_is_added_renamed_and_joined(company):
    team = add_team("Workshop", company.brand, by=company.maren)
    join(team, company.mika, by=company.maren)
    join(team, company.mika, by=company.maren)
    rename_team(team, " The  workshop ", by=company.maren)
    assert (team.name, team.slug) == ("The workshop", "workshop")
    assert set(company.mika.teams.all()) == {company.service, team}
    told = [event.kind for event in Event.objects.order_by("id")]
    assert told == ["TeamAdded", "MembershipChanged", "TeamRenamed"]


def test_a_name_is_used_once(company):
    with pytest.raises(Invalid):
        add_team("service", company.brand, by=company.maren)
    with pytest.raises(Invalid):
        rename_team(company.service, " ", by=company.maren)


def test_leads_change_who_works_in_their_own_team_and_no_other(company):
    join(company.service, company.bea, by=company.lena)
    assert company.bea.teams.count() == 2
    for refused in (
        lambda: join(company.billing, company.mika, by=company.lena),
        lambda: leave(company.billing, company.bea, by=company.lena),
        lambda: rename_team(company.billing, "Ours now", by=company.lena),
        lambda: add_team("More", company.brand, by=company.lena),
        lambda: join(company.service, company.bea, by=company.mika),
        lambda: join(company.service, company.bea, by=company.elif_),
    ):
        with pytest.raises(NotAllowed):
            refused()


def test_who_leaves_a_team_has_nothing_of_it_any_more(company, receive):
    company.baggage.owner = company.mika
    company.baggage.save()
    had = take(receive(), by=company.mika)
    leave(company.service, company.mika, by=company.lena)
    had.refresh_from_db()
    company.baggage.refresh_from_db()
    assert (had.assignee, company.baggage.owner) == (None, None)
    assert not visible_to(company.mika).exists()
    assert owner_of(had).user is None
    given = Event.objects.filter(kind="ConversationAssigned").latest("id")
    assert (given.actor_id, given.data["before"], given.data["cause"]) == (
        company.lena.pk,
        company.mika.pk,
        "left",
    )
