"""The rules pages: written, tried, saved, moved, switched, and the log."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from harken.domain.automation.models import Rule, RuleRun, RuleVersion
from harken.domain.automation.registry import action_kinds, condition_kinds
from harken.domain.conversations.models import ConversationTag
from harken.domain.conversations.services.topics import move
from harken.domain.journal.models import Event
from tests.cast import Company

FORM: dict[str, str | list[str]] = {
    "name": "Bags",
    "when": ["message"],
    "c": ["c0"],
    "c0-kind": "words",
    "c0-how": "any",
    "c0-text": "suitcase\nbag*",
    "a": ["a0"],
    "a0-kind": "add_tag",
    "a0-tag": "Lost Bag",
}


@pytest.fixture
def lead(company: Company) -> Client:
    client = Client()
    client.force_login(company.lena)
    return client


def shape(lead: Client, form: dict[str, Any], do: str, **more: str) -> str:
    answer = lead.post(reverse("manage:shape_rule"), form | {"do": do} | more)
    return answer.content.decode()


def save(lead: Client, form: dict[str, Any], **more: str):
    proof = re.search(r'name="proof" value="([^"]+)"', shape(lead, form | more, "try"))
    assert proof
    return lead.post(reverse("manage:save_rule"), form | more | {"proof": proof[1]}, follow=True)


def test_a_rule_is_tried_then_saved_and_read_again_as_a_sentence(lead, receive):
    receive("My suitcase is gone")
    receive("Lovely", by="zora")
    tried = shape(lead, FORM, "try")
    assert "Fits 1 of the last 2 conversations" in tried
    assert "tag: + #lost-bag" in tried
    assert "Amara Okafor" in tried
    text = save(lead, FORM).content.decode()
    assert "“Bags” is saved, after all others." in text
    assert "the message has any of “suitcase”, “bag*”" in text
    assert "put #lost-bag on it" in text
    version = RuleVersion.objects.get()
    assert (version.tried, version.matched, str(version.by)) == (2, 1, "Lena")


def test_a_trial_changes_nothing_at_all(lead, company, receive):
    receive("My suitcase is gone")
    everything: dict[str, str | list[str]] = FORM | {
        "a": ["a0", "a1", "a2", "a3"],
        "a1-kind": "set_priority",
        "a1-to": "high",
        "a2-kind": "close",
        "a2-reason": "spam",
        "a3-kind": "write_note",
        "a3-text": "look",
    }
    before = fingerprint()
    assert "priority: Normal → High" in shape(lead, everything, "try")
    assert fingerprint() == before


def fingerprint() -> dict[str, object]:
    """Every row of every table but the session's, and how far each sequence is."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE c.relkind = 'r' AND n.nspname = 'public' AND c.relname <> 'django_session'"
        )
        tables = [row[0] for row in cursor.fetchall()]
        found: dict[str, object] = {}
        for table in tables:
            cursor.execute(
                f'SELECT md5(string_agg(t::text, chr(10) ORDER BY t::text)) FROM "{table}" t'
            )
            found[table] = cursor.fetchone()
        cursor.execute("SELECT sequencename, last_value FROM pg_sequences ORDER BY 1")
        found["sequences"] = cursor.fetchall()
    assert found["journal_event"] != (None,)
    return found


def test_saving_needs_a_trial_of_exactly_this_version(lead, receive):
    receive("My suitcase is gone")
    proof = re.search(r'name="proof" value="([^"]+)"', shape(lead, FORM, "try"))
    assert proof
    other = FORM | {"a0-tag": "something else", "proof": proof[1]}
    answer = lead.post(reverse("manage:save_rule"), other)
    assert answer.status_code == 409
    assert "Try this version out before you save it" in answer.content.decode()
    assert lead.post(reverse("manage:save_rule"), FORM).status_code == 409
    assert not Rule.objects.exists()


def test_a_trial_of_somebody_else_does_not_count(lead, company, receive):
    proof = re.search(r'name="proof" value="([^"]+)"', shape(lead, FORM, "try"))
    assert proof
    other = Client()
    other.force_login(company.maren)
    answer = other.post(reverse("manage:save_rule"), FORM | {"proof": proof[1]})
    assert answer.status_code == 409


def test_a_trial_shows_nothing_of_other_teams(lead, company, receive):
    theirs = receive("My suitcase is gone, kestrel", by="zora")
    move(theirs, to=company.billing, by=company.maren)
    text = shape(lead, FORM, "try")
    assert "Fits 0 of the last 0 conversations" in text
    assert "kestrel" not in text


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"name": " "}, "Give the rule a name"),
        ({"when": []}, "choose at least one moment"),
        ({"when": ["waits"]}, "say how long the customer has waited"),
        ({"when": ["waits"], "waits": "soon"}, "write a time such as"),
        ({"a": []}, "add at least one thing to do"),
        ({"a0-tag": ""}, "write something"),
        ({"c0-text": "(", "c0-how": "pattern"}, "the pattern cannot be read"),
        ({"c0-kind": "topic", "c0-is": "987654"}, "not there any more"),
        ({"c0-kind": "topic"}, "topic: choose one of the list"),
        ({"c0-kind": "nonsense"}, "There is no condition"),
        ({"c0-kind": "sentiment", "c0-is": "negative"}, "only once triage has sorted"),
    ],
)
def test_what_cannot_work_is_refused_with_what_to_mend(lead, more, sentence):
    answer = lead.post(reverse("manage:shape_rule"), FORM | more | {"do": "try"})
    assert answer.status_code == 422
    assert sentence in answer.content.decode()


def test_rows_come_and_go_without_scripts(lead):
    text = shape(lead, FORM, "add_condition", new_condition="topic")
    assert 'name="c1-kind" value="topic"' in text
    text = shape(lead, FORM, "add_action", new_action="close")
    assert 'name="a1-kind" value="close"' in text
    text = shape(lead, FORM, "drop_condition-0")
    assert 'name="c0-kind"' not in text
    assert 'value="Lost Bag"' in text


def test_every_condition_and_action_can_be_shown_in_the_form(lead):
    for kind in condition_kinds():
        assert f'value="{kind}"' in shape(lead, FORM, "add_condition", new_condition=kind)
    for kind in action_kinds():
        assert f'value="{kind}"' in shape(lead, FORM, "add_action", new_action=kind)


def test_a_rule_is_changed_as_its_next_version(lead, receive):
    save(lead, FORM)
    rule = Rule.objects.get()
    form = lead.get(reverse("manage:rule", args=[rule.pk])).content.decode()
    assert 'value="lost-bag"' not in form  # as it was typed
    assert 'value="Lost Bag"' in form
    save(lead, FORM | {"rule": str(rule.pk), "a0-tag": "bag"})
    rule.refresh_from_db()
    assert (rule.number, rule.versions.count(), Rule.objects.count()) == (2, 2, 1)


def test_rules_change_places_are_switched_off_and_taken_out(lead):
    for name in ("A", "B"):
        save(lead, FORM | {"name": name})
    second = Rule.objects.get(name="B")
    lead.post(reverse("manage:move_rule", args=[second.pk]), {"to": "up"})
    assert [rule.name for rule in Rule.objects.all()] == ["B", "A"]
    lead.post(reverse("manage:switch_rule", args=[second.pk]), {"to": "off"})
    assert not Rule.objects.get(name="B").is_on
    lead.post(reverse("manage:retire_rule", args=[second.pk]))
    assert "B</bdi></h2>" not in lead.get(reverse("manage:rules")).content.decode()


def test_the_log_tells_what_each_condition_said_and_leads_to_the_conversation(
    lead, company, receive
):
    save(lead, FORM)
    rule, conversation = Rule.objects.get(), receive("My suitcase")
    log: dict[str, Any] = {
        "rule": rule,
        "version": rule.versions.get(),
        "trigger": "message",
        "seconds": 0.002,
    }
    RuleRun.objects.create(
        conversation=conversation, outcome="stopped", answers=[True], chain=[rule.pk],
        results=[["It led to this itself.", False]], **log,
    )  # fmt: skip
    theirs = receive("kestrel", by="zora")
    move(theirs, to=company.billing, by=company.maren)
    RuleRun.objects.create(conversation=theirs, outcome="stopped", **log)
    address = reverse("manage:rule_log", args=[rule.pk])
    assert "It led to this itself" not in lead.get(address).content.decode()
    text = lead.get(address + "?what=errors").content.decode()
    assert "It led to this itself." in text
    assert "because of Bags" in text
    assert reverse("desk:conversation", args=[conversation.pk]) in text
    assert reverse("desk:conversation", args=[theirs.pk]) not in text
    assert "1 loop or failure" in lead.get(reverse("manage:rules")).content.decode()


def test_the_page_counts_nothing_that_was_only_tried(lead, receive):
    receive("My suitcase")
    shape(lead, FORM, "try")
    assert not ConversationTag.objects.exists()
    assert not Event.objects.filter(kind__startswith="Rule").exists()
