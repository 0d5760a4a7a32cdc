"""A form that is refused comes back as it was typed, with what is wrong beside the field."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from django.test import Client
from django.urls import reverse

from harken.domain.knowledge.models import Guideline, SavedAnswer
from harken.domain.replies.models_checks import CheckSetting
from tests.cast import Company
from tests.web import things

pytestmark = pytest.mark.django_db

RULE = {
    "name": "Press and friends",
    "trainee": "on",
    "topic": "{topic}",
    "followers_over": "12 500",
    "network": "loopback",
    "channel": "{channel}",
    "first": "customer",
    "approver1": "{ben}",
    "approver2": "duty",
    "next_after": "90 s",
}
ANSWER = {
    "title": "Where is my bag?",
    "short": "Hi {name}, we look for it. {personal}",
    "long": "Hi {name}, we look for it everywhere. {personal}",
    "evidence": "https://meridian.example/bags",
    "topic": "{topic}",
    "owner": "{ben}",
    "language": "nl",
    "valid_until": "2027-03-31",
}
WORDS = {
    "forbidden": "calm down\nzeppelin",
    "risky": "discount",
    "ours": "care.example",
    "text": "Hi",
}
VOICE = {"signature": "— Elif", "channel": "{channel}"}

#: The form's address, what is typed, the one wrong value, and the field the error stands beside.
FORMS = {
    "an approval rule without a name": ("add_approval_rule", RULE, {"name": " "}, "name"),
    "one that cannot count followers": (
        "add_approval_rule",
        RULE,
        {"followers_over": "many"},
        "followers_over",
    ),
    "one with a time nobody can read": (
        "add_approval_rule",
        RULE,
        {"next_after": "soon"},
        "next_after",
    ),
    "one that asks somebody twice": (
        "add_approval_rule",
        RULE,
        {"approver2": "{ben}"},
        "approver1",
    ),
    "a changed approval rule": ("change_approval_rule", RULE, {"next_after": "1 s"}, "next_after"),
    "a voice with too short a signature": ("give_voice", VOICE, {"signature": "—"}, "signature"),
    "a weight there is not": (
        "weigh_checks",
        {"severity-name": "block", "severity-tone": "note"},
        {"severity-copy": "deadly"},
        "",
    ),
    "a word list with a broken pattern": ("check_words", WORDS, {"risky": "/(/"}, "risky"),
    "a new answer without a title": ("add_answer", ANSWER, {"title": ""}, "title"),
    "a new answer that is too long": ("add_answer", ANSWER, {"short": "x" * 900}, "short"),
    "a new answer with an open hole": ("add_answer", ANSWER, {"long": "Hi {name"}, "long"),
    "a changed answer that ends on no day": (
        "save_answer",
        ANSWER,
        {"valid_until": "soon"},
        "valid_until",
    ),
    "an answer of nobody": ("save_answer", ANSWER, {"owner": ""}, "owner"),
    "an empty guideline": ("save_guideline", {}, {"text": "  "}, "text"),
    "too long a guideline": ("save_guideline", {}, {"text": "Be kind. " * 900}, "text"),
}


class Fields(HTMLParser):
    """What the fields of a page hold, by name, and which of them say that they are wrong."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.held: dict[str, str] = {}
        self.wrong: set[str] = set()
        self._area = self._select = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        name = said.get("name", "")
        if "aria-invalid" in said:
            self.wrong.add(name)
        if tag == "input" and said.get("type") in {"checkbox", "radio"}:
            if "checked" in said:
                self.held[name] = said.get("value", "on")
        elif tag == "input":
            self.held[name] = said.get("value", "")
        elif tag == "textarea":
            self._area, self.held[name] = name, ""
        elif tag == "select":
            self._select = name
        elif tag == "option" and "selected" in said:
            self.held[self._select] = said.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._area = ""

    def handle_data(self, data: str) -> None:
        if self._area:
            self.held[self._area] += data


@pytest.fixture
def maren(client: Client, company: Company) -> Client:
    client.force_login(company.maren)
    return client


@pytest.mark.parametrize("form", FORMS)
def test_a_refused_form_keeps_what_was_typed_and_says_what_is_wrong_beside_it(
    form: str, maren: Client, company: Company
) -> None:
    name, typed, wrong, beside = FORMS[form]
    ids = {"topic": company.baggage.pk, "channel": company.channel.pk, "ben": company.ben.pk}
    posted = {key: filled(value, ids) for key, value in (typed | wrong).items()}
    answer = maren.post(address(name, company), posted)
    assert answer.status_code == 422
    fields = Fields(answer.content.decode())
    kept = {key: fields.held.get(key, "").strip() for key in posted}
    known = {key: value.strip() for key, value in posted.items() if value not in UNKNOWN}
    assert {key: kept[key] for key in known} == known
    assert fields.wrong == ({beside} if beside else set())
    assert 'class="banner stop"' in answer.content.decode()


def test_what_a_refused_form_held_is_not_kept_in_the_house(maren: Client, company: Company) -> None:
    before = SavedAnswer.objects.count(), Guideline.objects.count(), CheckSetting.objects.count()
    for name, typed, wrong, _ in FORMS.values():
        if name.startswith(("add", "weigh", "save_g")):
            maren.post(address(name, company), typed | wrong)
    after = SavedAnswer.objects.count(), Guideline.objects.count(), CheckSetting.objects.count()
    assert before == after


UNKNOWN = {"deadly"}  # a choice that is on no list cannot be shown as chosen


def filled(value: str, ids: dict[str, int]) -> str:
    """`{topic}` and its like become an id; the holes of an answer stay."""
    for name, pk in ids.items():
        value = value.replace(f"{{{name}}}", str(pk))
    return value


def address(name: str, company: Company) -> str:
    if name == "change_approval_rule":
        return reverse(f"manage:{name}", args=[things.a_resting_rule(company).pk])
    if name == "give_voice":
        return reverse(f"manage:{name}", args=[company.elif_.pk])
    if name == "save_answer":
        return reverse(f"manage:{name}", args=[things.saved(company).pk])
    if name == "save_guideline":
        return reverse(f"manage:{name}", args=[company.baggage.pk])
    return reverse(f"manage:{name}")
