"""The page on which leads decide whose word an answer needs."""

from __future__ import annotations

import pytest
from django.urls import reverse

from harken.domain.approvals.models_rules import ApprovalRule, Voice
from harken.domain.approvals.queries_rules import crisis_since, is_trainee

pytestmark = pytest.mark.django_db


@pytest.fixture
def lena(client, company):
    client.force_login(company.lena)
    return client


def add(client, **form):
    data = {"name": "Press", "approver1": "duty", "next_after": "90 s"} | form
    return client.post(reverse("manage:add_approval_rule"), data, follow=True)


def test_a_rule_is_written_changed_moved_and_taken_out(lena, company):
    add(lena, topic=company.baggage.pk, followers_over="12 500", approver2=company.maren.pk)
    rule = ApprovalRule.objects.get()
    assert (rule.topic, rule.followers_over, rule.next_after) == (company.baggage, 12_500, 90)
    assert [each.person for each in rule.approvers.all()] == [None, company.maren]
    page = lena.get(reverse("manage:approvals") + f"?rule={rule.pk}").content.decode()
    assert "about Baggage, to whom more than 12,500 follow" in page
    data = {"name": "Bags", "trainee": "on", "approver1": str(company.ben.pk)}
    lena.post(reverse("manage:change_approval_rule", args=[rule.pk]), data)
    rule.refresh_from_db()
    assert (rule.name, rule.topic, rule.trainee) == ("Bags", None, True)
    add(lena, name="Second")
    second = ApprovalRule.objects.get(name="Second")
    lena.post(reverse("manage:move_approval_rule", args=[second.pk]), {"up": "1"})
    assert [each.name for each in ApprovalRule.objects.all()] == ["Second", "Bags"]
    lena.post(reverse("manage:retire_approval_rule", args=[second.pk]))
    assert [each.name for each in ApprovalRule.objects.filter(retired_at=None)] == ["Bags"]


def test_what_cannot_be_read_is_refused_with_a_sentence(lena):
    for wrong in ({"followers_over": "many"}, {"next_after": "soon"}, {"approver1": ""}):
        answer = add(lena, **wrong)
        assert answer.status_code == 422
    assert not ApprovalRule.objects.exists()


def test_trainees_crisis_and_voices(lena, client, company):
    lena.post(reverse("manage:trainee", args=[company.mika.pk]), {"learns": "1"})
    assert is_trainee(company.mika)
    lena.post(reverse("manage:crisis"), {"on": "1"})
    assert crisis_since() is not None
    lena.post(reverse("manage:crisis"), {"on": "0"})
    assert crisis_since() is None
    client.force_login(company.maren)
    give = reverse("manage:give_voice", args=[company.elif_.pk])
    assert client.post(give, {"signature": "—"}).status_code == 422
    client.post(give, {"signature": "— Elif Arslan, chair"})
    assert Voice.objects.get().person == company.elif_
