"""Every condition says what it should of a conversation, every action does what it says."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from harken.domain import automation as room
from harken.domain.automation import registry
from harken.domain.automation.parts import Because
from harken.domain.automation.spec import Part
from harken.domain.automation.subject import Subject, subjects
from harken.domain.contacts.models import Handle
from harken.domain.contacts.services import set_mark
from harken.domain.conversations.models import Conversation, Note, State, Topic
from harken.domain.conversations.services.assign import assign
from harken.domain.conversations.services.tags import add_tag
from harken.domain.conversations.services.topics import set_topic
from harken.domain.escalation.models import Escalation
from harken.domain.notifications.models import Notification
from harken.domain.presence.models import Presence, WritingLock
from harken.domain.presence.services import write
from harken.domain.sla.services.hours import Opening, add_hours
from harken.domain.triage.tasks import Triage
from harken.kit import clock
from harken.kit.connector import Author, Image
from harken.kit.refusals import Invalid, Refusal
from tests.domain.automation.conftest import part

PARTS = Path(room.__file__).parent


def seen(conversation: Conversation) -> Subject:
    return subjects([(conversation.pk, None)])[conversation.pk, None]


def says(conversation: Conversation, kind: str, *, negated: bool = False, **values: Any) -> bool:
    return registry.condition(part(kind, negated=negated, **values)).says(seen(conversation))


def would(conversation: Conversation, kind: str, **values: Any) -> str:
    return registry.action(part(kind, **values)).would(seen(conversation))


def do(conversation: Conversation, kind: str, **values: Any) -> Conversation:
    action = registry.action(part(kind, **values))
    assert action.would(seen(conversation))
    action.do(seen(conversation), Because(7, "Test", 12))
    conversation.refresh_from_db()
    return conversation


def test_a_new_part_is_a_new_file_and_each_file_holds_one():
    for folder, kinds in (
        ("conditions", registry.condition_kinds()),
        ("actions", registry.action_kinds()),
    ):
        files = {path.stem for path in (PARTS / folder).glob("*.py")} - {"__init__"}
        assert {kind.__module__.rpartition(".")[2] for kind in kinds.values()} == files
        assert len(kinds) == len(files)


def test_every_choice_without_a_value_is_refused_in_words(company):
    for key in registry.condition_kinds():
        with pytest.raises(Invalid, match=r"[a-z]"):
            registry.condition(Part(key))
    for key, kind in registry.action_kinds().items():
        if kind.fields() and key != "close":
            with pytest.raises(Invalid, match=r"[a-z]"):
                registry.action(Part(key))


# --- conditions ------------------------------------------------------------------------------


def test_where_it_came_from(company, receive):
    it = receive("hello")
    assert says(it, "channel", is_=company.channel.pk)
    assert says(it, "network", is_="loopback")
    assert not says(it, "network", is_="bluesky")
    assert says(it, "brand", is_=company.brand.pk)
    assert says(it, "why", is_="mention")
    assert says(it, "why", is_="search", negated=True)


def test_a_topic_stands_for_those_below_it(company, receive):
    below = Topic.objects.create(name="Lost", slug="lost", parent=company.baggage)
    it = receive("hello")
    assert says(it, "topic", is_="none")
    set_topic(it, below, by=company.mika)
    assert says(it, "topic", is_=company.baggage.pk)
    assert not says(it, "topic", is_=company.invoice.pk)
    sentence = registry.condition(part("topic", is_=company.baggage.pk)).sentence()
    assert sentence == "topic is Baggage or below"


def test_whose_it_is_and_how_it_is_marked(company, receive):
    it = receive("hello")
    assert says(it, "team", is_=company.service.pk)
    assert says(it, "assignee", is_="none")
    assert says(it, "priority", is_="normal")
    assert says(it, "mark", is_="none")
    assign(it, to=company.ben, by=company.mika)
    add_tag(it, "Lost bag", by=company.mika)
    set_mark(it.contact, "press", by=company.mika)
    assert says(it, "assignee", is_=company.ben.pk)
    assert says(it, "tag", tag="#lost bag")
    assert says(it, "mark", is_="press")


def test_what_triage_said_of_the_message(company, receive):
    it = receive("This is terrible. I will cancel my contract and go to a competitor, I hate it")
    assert not says(it, "sentiment", is_="negative")  # nobody sorted it yet
    for _ in range(3):
        Triage().turn()
    assert says(it, "sentiment", is_="negative")
    assert says(it, "triage", is_="threat")
    assert says(it, "triage", is_="spam", negated=True)
    assert says(it, "urgency", is_="urgent") != says(it, "urgency", is_="normal")
    assert says(it, "language", is_="en")


@pytest.mark.parametrize(
    ("text", "how", "words", "fits"),
    [
        ("Where is my Suitcase?", "any", "bag\nsuitcase", True),
        ("Lovely baggy trousers", "any", "bag", False),
        ("Lovely baggy trousers", "any", "bag*", True),
        ("late again, delivery!", "all", "late\ndeliver*", True),
        ("late again", "all", "late\ndeliver*", False),
        ("Straße gesperrt", "any", "STRASSE", True),
        ("ｆｕｌｌ width", "any", "full width", True),
        ("not my order-number 12", "any", "order number", True),
        ("AB-1234 is broken", "pattern", r"\b[a-z]{2}-\d{4}\b", True),
        ("AB-123 is broken", "pattern", r"\b[a-z]{2}-\d{4}\b", False),
    ],
)
def test_words_are_whole_words_and_patterns_are_re2(company, receive, text, how, words, fits):
    assert says(receive(text), "words", how=how, text=words) is fits


def test_a_pattern_that_would_take_for_ever_elsewhere_is_quick(company, receive):
    import time

    it = receive("a" * 5000)
    began = time.thread_time()
    assert not says(it, "words", how="pattern", text="(a+)+$b")
    assert time.thread_time() - began < 1


@pytest.mark.parametrize("pattern", ["(", "(?=a)", "a{1001}", "one\ntwo"])
def test_a_pattern_that_cannot_be_read_is_refused(company, pattern):
    with pytest.raises(Invalid, match="pattern"):
        registry.condition(part("words", how="pattern", text=pattern))


def test_numbers_times_and_what_the_message_has(company, receive):
    author = Author("acct-zora", "zora.example", "Zora", followers=1200)
    old = clock.now() - timedelta(seconds=100)
    it = receive(
        "Why? https://x.example", author=author, images=(Image("https://i/1"),), sent_at=old
    )
    assert says(it, "reach", number="1 200")
    assert not says(it, "reach", number=1201)
    assert says(it, "messages", number=1)
    assert says(it, "messages", number=2, negated=True)
    assert says(it, "waiting", number="90 s")
    assert not says(it, "waiting", number="5 min")
    for thing in ("image", "link", "question"):
        assert says(it, "holds", is_=thing)
    assert not says(receive("no"), "holds", is_="link")
    Handle.objects.filter(pk=it.handle_id).update(followers=None)
    assert not says(it, "reach", number=0)


def test_business_hours_are_those_in_force_now(company, receive):
    always = add_hours(Opening(name="On", zone="UTC", week=[[(0, 1440)]] * 7), by=company.lena)
    day = (clock.now().weekday() + 3) % 7
    week = [[(0, 1)] if number == day else [] for number in range(7)]
    never = add_hours(Opening(name="Off", zone="UTC", week=week), by=company.lena)
    it = receive("hello")
    assert says(it, "hours", is_=always.pk)
    assert says(it, "hours", is_=never.pk, negated=True)


# --- actions ---------------------------------------------------------------------------------


def test_a_topic_is_set_and_a_colleague_s_choice_stays(company, receive):
    it = do(receive("hello"), "set_topic", to=company.invoice.pk)
    assert (it.topic, it.team) == (company.invoice, company.billing)
    assert would(it, "set_topic", to=company.invoice.pk) == ""
    set_topic(it, company.baggage, by=company.maren)
    with pytest.raises(Refusal, match="A colleague chose"):
        would(it, "set_topic", to=company.invoice.pk)


def test_it_is_moved_to_a_team(company, receive):
    assert do(receive("hello"), "move_team", to=company.billing.pk).team == company.billing


def test_it_is_given_to_a_person_but_not_taken_away_unless_said(company, receive):
    it = do(receive("hello"), "assign", to=company.ben.pk)
    assert it.assignee == company.ben
    with pytest.raises(Refusal, match="Ben has it"):
        would(it, "assign", to=company.mika.pk)
    assert do(it, "assign", to=company.mika.pk, even="always").assignee == company.mika


def test_nobody_gets_what_they_may_not_see(company, receive):
    it = receive("hello")
    action = registry.action(part("assign", to=company.bea.pk))
    with pytest.raises(Invalid, match="not in Service"):
        action.do(seen(it), Because(7, "Test", 12))


def test_while_somebody_writes_it_is_left_alone(company, receive):
    it = receive("hello")
    tab = uuid4()
    assert write(it, tab=tab, by=company.ben)
    assert WritingLock.objects.filter(user=company.ben).exists()
    for kind, values in (
        ("assign", {"to": company.mika.pk}),
        ("move_team", {"to": company.billing.pk}),
        ("close", {"reason": "spam"}),
    ):
        with pytest.raises(Refusal, match="Ben is writing"):
            would(it, kind, **values)


def test_who_is_on_duty_and_has_the_fewest_gets_it(company, receive):
    it = receive("hello")
    with pytest.raises(Refusal, match="Nobody of Service is on duty"):
        would(it, "assign_on_duty")
    other = receive("busy", by="zora")
    for person in (company.mika, company.ben):
        Presence.objects.create(user=person, tab=uuid4(), conversation=other, heard_at=clock.now())
    assign(other, to=company.mika, by=company.maren)
    assert do(it, "assign_on_duty").assignee == company.ben


def test_the_topic_s_owner_gets_it(company, receive):
    Topic.objects.filter(pk=company.baggage.pk).update(owner=company.ben)
    it = receive("hello")
    with pytest.raises(Refusal, match="no owner"):
        would(it, "assign_owner")
    set_topic(it, Topic.objects.get(pk=company.baggage.pk), by=company.mika)
    assert do(it, "assign_owner").assignee == company.ben


def test_tags_priority_and_marks_are_set_once(company, receive):
    it = do(receive("hello"), "add_tag", tag="vip")
    assert would(it, "add_tag", tag="VIP") == ""
    do(it, "remove_tag", tag="vip")
    assert would(it, "remove_tag", tag="vip") == ""
    assert do(it, "set_priority", to="high").priority == "high"
    assert would(it, "set_priority", to="high") == ""
    do(it, "mark_contact", as_="press")
    assert seen(it).conversation.contact.mark == "press"
    with pytest.raises(Refusal, match="marked as Press"):
        would(it, "mark_contact", as_="vip")


def test_a_note_is_left_in_the_rule_s_name_once_a_run(company, receive):
    it = receive("hello")
    do(it, "write_note", text="Mind the tone")
    do(it, "write_note", text="Mind the tone")
    note = Note.objects.get()
    assert (note.author, note.body) == (None, "Mind the tone\n— rule “Test”")


def test_it_is_closed_with_a_reason_or_when_nobody_waits(company, receive):
    it = receive("hello")
    with pytest.raises(Refusal, match="waits for an answer"):
        would(it, "close")
    do(it, "close", reason="spam")
    assert (it.state, it.close_reason, it.closed_by) == (State.CLOSED, "spam", None)
    assert would(it, "close", reason="spam") == ""


def test_it_is_escalated_once_while_that_is_open(company, receive):
    it = do(receive("hello"), "escalate", as_="threat", reason="Speaks of leaving")
    found = Escalation.objects.get()
    assert (found.raised_by, found.rule, found.reason) == (None, "Test", "Speaks of leaving")
    assert would(it, "escalate", as_="threat", reason="Again") == ""


def test_colleagues_are_told_who_may_see_it(company, receive):
    it = receive("hello")
    do(it, "notify", to=f"team:{company.service.pk}", text="Look")
    told = set(Notification.objects.filter(kind="rule").values_list("person__username", flat=True))
    assert told == {"mika", "ben", "lena"}
    with pytest.raises(Refusal, match="nobody to tell"):
        would(it, "notify", to=f"user:{company.bea.pk}", text="Look")
    with pytest.raises(Refusal, match="nobody to tell"):
        would(it, "notify", to="assignee", text="Look")
