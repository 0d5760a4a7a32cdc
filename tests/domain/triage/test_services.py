"""Who may say what about a judgement, the words of topics, going back, and the figures."""

from __future__ import annotations

import pytest

from harken.domain.contacts.models import Contact
from harken.domain.triage.models import Correction, ModelVersion
from harken.domain.triage.queries import figures, usual_words, words_of
from harken.domain.triage.services.correct import UnknownAnswer, correct
from harken.domain.triage.services.rollback import NoSuchVersion, roll_back
from harken.domain.triage.services.words import UnusableWords, set_words
from harken.kit.refusals import NotAllowed
from tests.domain.triage.conftest import work_off


def test_a_viewer_corrects_nothing_and_an_agent_manages_nothing(judged, company):
    _conversation, judgement = judged("My parcel is late")
    with pytest.raises(NotAllowed):
        correct(judgement, "urgency", "urgent", by=company.vic)
    with pytest.raises(NotAllowed):
        set_words(company.baggage, ["bag"], by=company.mika)
    with pytest.raises(NotAllowed):
        roll_back(0, by=company.mika)
    assert not Correction.objects.exists()


@pytest.mark.parametrize(
    ("question", "label"),
    [("mood", "sunny"), ("sentiment", "sunny"), ("topic", "98765"), ("topic", "x"),
     ("language", "<b>")],
)  # fmt: skip
def test_an_answer_that_does_not_exist_is_refused(judged, company, question, label):
    _conversation, judgement = judged("My parcel is late")
    with pytest.raises(UnknownAnswer):
        correct(judgement, question, label, by=company.mika)
    assert not Correction.objects.exists()


def test_a_corrected_language_is_the_contact_s_and_stays(judged, company):
    conversation, judgement = judged("Where is the depot of my parcel?", lang="")
    correct(judgement, "language", "nl", by=company.mika)
    conversation, judgement = judged(
        "Where is the depot now, please?", root_id=conversation.thread_key
    )
    assert conversation.language == "nl"
    assert Contact.objects.get(pk=conversation.contact_id).language == "nl"


def test_a_corrected_topic_routes_and_is_said_by_the_person(judged, company):
    conversation, judgement = judged("The squirrel lamp is off")
    correct(judgement, "topic", str(company.invoice.pk), by=company.mika)
    conversation.refresh_from_db()
    assert (conversation.topic, conversation.team) == (company.invoice, company.billing)


def test_going_back_forgets_what_was_learnt_since_and_keeps_every_version(judged, triage, company):
    _conversation, judgement = judged("The squirrel lamp is off")
    for label in ("urgent", "normal"):
        correct(judgement, "urgency", label, by=company.mika)
    correct(judgement, "sentiment", "negative", by=company.mika)
    work_off(triage)
    taught = triage._current().judge("squirrel lamp").verdicts["sentiment"]
    assert roll_back(1, by=company.lena) == 5
    work_off(triage)
    fresh = triage._current().judge("squirrel lamp").verdicts["sentiment"]
    assert taught.learnt
    assert not fresh.learnt
    assert triage.version == 5
    assert ModelVersion.objects.filter(number__lte=3).count() == 3
    taken_back = Correction.objects.order_by("pk").values_list("taken_back", flat=True)
    assert list(taken_back) == [False, True, True]
    assert triage._current().learners["urgency"].counts == {"urgent": 1}


def test_going_back_to_nothing_leaves_lexicon_and_rules(judged, triage, company):
    _conversation, judgement = judged("My parcel is late and the service is terrible")
    correct(judgement, "sentiment", "positive", by=company.mika)
    work_off(triage)
    roll_back(0, by=company.maren)
    _conversation, judgement = judged("The service is terrible", by="bo")
    assert judgement.sentiment == "negative"
    with pytest.raises(NoSuchVersion):
        roll_back(99, by=company.lena)


def test_the_matrix_counts_the_last_word_on_each_message(judged, triage, company):
    _conversation, first = judged("The service is terrible")
    _conversation, second = judged("The service is great", by="bo")
    correct(first, "sentiment", "positive", by=company.mika)
    correct(first, "sentiment", "negative", by=company.mika)
    correct(second, "sentiment", "neutral", by=company.mika)
    shown = figures("sentiment")
    assert (shown.asked, shown.right) == (2, 1)
    assert shown.matrix["negative"]["negative"] == 1
    assert shown.matrix["positive"]["neutral"] == 1
    assert shown.labels == ["negative", "positive", "neutral"]
    assert shown.f1 == pytest.approx((1 + 0) / 2)


def test_nothing_said_is_no_figure(company):
    shown = figures("sentiment")
    assert (shown.asked, shown.f1) == (0, None)


def test_words_are_tidied_and_too_short_ones_refused(company):
    set_words(company.baggage, ["  Lost  Bag ", "lost bag", "", "suitcase*"], by=company.lena)
    company.baggage.refresh_from_db()
    assert words_of(company.baggage) == ("lost bag", "suitcase*")
    for bad in ("a", "ab*", "x" * 81):
        with pytest.raises(UnusableWords):
            set_words(company.baggage, [bad], by=company.lena)


def test_a_topic_named_like_a_usual_one_has_words_from_the_start(company):
    assert "rechnung*" in usual_words(company.invoice)
    assert usual_words(company.baggage) == ("baggage",)
