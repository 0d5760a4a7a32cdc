"""The classifier by itself: what it says before it learnt anything, and how it learns."""

from __future__ import annotations

import pytest

from harken.domain.triage.model.calibration import CAREFUL, NEVER, cut_for
from harken.domain.triage.model.language import LanguageDetector
from harken.domain.triage.model.learner import Example, Learner
from harken.domain.triage.model.lexicon import Lexicon, concepts, languages, sections
from harken.domain.triage.model.rules import QUESTIONS
from harken.domain.triage.model.sorter import Sorter
from harken.domain.triage.model.stored import Unusable, pack, unpack
from harken.domain.triage.model.tokens import cut, split

DETECTOR = LanguageDetector(["de", "en", "es", "fr", "it", "nl", "pt"])
TOPICS = {"1": ("parcel*", "courier", "paket*"), "2": ("invoice*", "rechnung*")}
ANGRY = {
    "en": "This is a disgrace, my parcel is late again and nobody answers!!",
    "de": "Das ist eine Frechheit, mein Paket ist schon wieder verspätet und niemand antwortet!!",
    "fr": "C'est une honte, mon colis est encore en retard et personne ne répond!!",
    "es": "Qué vergüenza, mi paquete llega tarde otra vez y nadie contesta!!",
    "nl": "Wat een schande, mijn pakket is alweer te laat en niemand antwoordt!!",
}
HAPPY = {
    "en": "Thank you so much, great service and a really friendly mechanic",
    "de": "Vielen Dank, toller Service und ein richtig freundlicher Mechaniker",
    "fr": "Merci beaucoup, service excellent et un mécanicien vraiment aimable",
    "es": "Muchas gracias, un servicio excelente y un mecánico muy amable",
    "nl": "Bedankt, geweldige service en een heel vriendelijke monteur",
}
ASKING = {
    "en": "Can I please talk to a real person instead of a bot?",
    "de": "Kann ich bitte mit einem echten Menschen sprechen statt mit einem Bot?",
    "fr": "Je veux parler à quelqu'un, pas un robot",
    "es": "Quiero hablar con una persona, no un robot",
    "nl": "Ik wil graag een mens spreken, geen bot",
}
LEAVING = {
    "en": "Never again. My lawyer will contact you",
    "de": "Nie wieder. Mein Anwalt meldet sich bei Ihnen",
    "fr": "Plus jamais. Mon avocat vous contactera",
    "es": "Nunca más. Mi abogado os llamará",
    "nl": "Nooit meer. Mijn advocaat neemt contact op",
}


@pytest.fixture(scope="module")
def sorter() -> Sorter:
    return Sorter(DETECTOR, TOPICS)


@pytest.mark.parametrize("language", sorted(ANGRY))
def test_it_understands_five_languages_before_anybody_taught_it(sorter, language):
    angry, happy = sorter.judge(ANGRY[language]), sorter.judge(HAPPY[language])
    assert angry.language == happy.language == language
    assert angry.verdicts["sentiment"].label == "negative"
    assert happy.verdicts["sentiment"].label == "positive"
    assert sorter.judge(ASKING[language]).verdicts["person"].label == "asked"
    assert sorter.judge(LEAVING[language]).verdicts["stakes"].label == "threat"


def test_it_names_the_words_that_led_to_an_answer(sorter):
    text = "The courier lost my PARCEL, I will call my lawyer"
    verdicts = sorter.judge(text).verdicts
    assert [text[a:b] for a, b in verdicts["topic"].places] == ["courier", "PARCEL"]
    assert [text[a:b] for a, b in verdicts["stakes"].places] == ["lawyer"]
    assert not verdicts["topic"].learnt


def test_a_plain_question_gets_no_mark(sorter):
    verdicts = sorter.judge("Do you also sell bells for children?").verdicts
    plain = {question: labels[-1] for question, labels in QUESTIONS.items()}
    assert {question: verdicts[question].label for question in QUESTIONS} == plain
    assert verdicts["topic"].label == ""


def test_praise_behind_a_not_is_no_praise_and_no_problem_is_no_blame(sorter):
    assert sorter.judge("Your app is not good").verdicts["sentiment"].label == "negative"
    assert sorter.judge("That was no problem").verdicts["sentiment"].label != "negative"


def test_a_very_short_post_takes_the_language_it_is_told(sorter):
    assert sorter.judge("ok").language == ""
    assert sorter.judge("ok", "nl").language == "nl"
    assert sorter.judge("@meridian https://x.example/abc 👍", "fr").language == "fr"


@pytest.mark.parametrize(
    "text", ["", " ", "\x00", "👍" * 900, "a" * 70_000, "((((" * 999, "ﷺ\u202e"]
)
def test_strange_posts_are_judged_like_any_other(sorter, text):
    verdicts = sorter.judge(text).verdicts
    assert set(verdicts) == {*QUESTIONS, "topic"}
    assert all(0 <= verdict.confidence <= 1 for verdict in verdicts.values())


def test_one_correction_is_felt_at_once_and_explained_by_learnt_words():
    sorter = Sorter(DETECTOR, TOPICS)
    text = "The squirrel light does not glow"
    assert sorter.judge(text).verdicts["topic"].label == ""
    other = "My squirrel light does not shine"
    before = sorter.judge(other).verdicts["topic"].confidence
    sorter.teach("topic", text, "2")
    assert sorter.judge(other).verdicts["topic"].confidence < before
    sorter.refit("topic", [(text, "2")] * 5)
    verdict = sorter.judge(other).verdicts["topic"]
    assert verdict.label == "2"
    assert verdict.learnt
    assert (3, 11) in verdict.places


def test_more_corrections_make_it_better():
    taught = [(f"the {word} of my bike number {n}", "2") for n, word in enumerate(["bell"] * 20)]
    taught += [(f"the {word} in my street number {n}", "1") for n, word in enumerate(["bin"] * 20)]
    sorter = Sorter(DETECTOR, TOPICS)
    sorter.refit("topic", taught)
    assert sorter.judge("a bell please").verdicts["topic"].label == "2"
    assert sorter.judge("a bin please").verdicts["topic"].label == "1"


def test_the_same_corrections_give_the_same_model():
    taught = [(f"thing {n} is {'bad' if n % 3 else 'fine'}", str(1 + n % 2)) for n in range(30)]
    packed = []
    for _ in range(2):
        sorter = Sorter(DETECTOR, TOPICS)
        packed.append(pack(sorter.refit("topic", taught))[0])
    assert packed[0] == packed[1]


def test_a_topic_that_is_gone_is_never_answered():
    sorter = Sorter(DETECTOR, TOPICS)
    for _ in range(9):
        sorter.teach("topic", "a bell please", "2")
    sorter.use_topics({"1": TOPICS["1"]})
    assert sorter.judge("a bell please").verdicts["topic"].label != "2"


def test_a_learner_comes_back_from_bytes_as_it_was():
    learner = Learner(["a", "b"])
    for n in range(40):
        learner.learn(Example([n, n + 1, 7], {"a": 0.5}, "ab"[n % 2]))
    data, facts = pack(learner)
    again = unpack(data, facts)
    for n in range(40):
        assert again.probabilities([n, 7], {}) == pytest.approx(
            learner.probabilities([n, 7], {}), abs=1e-5
        )
    assert again.counts == learner.counts


def test_small_steps_on_top_of_a_whole_give_the_newest():
    learner = Learner(["a", "b"])
    for n in range(9):
        learner.learn(Example([n, 7], {}, "a"))
    copy = unpack(*pack(learner))
    learner.touched.clear()
    learner.learn(Example([3, 99], {}, "c"))
    step = pack(learner, learner.touched)
    assert len(step[0]) < len(pack(learner)[0])
    unpack(*step, into=copy)
    assert copy.probabilities([3, 99], {}) == pytest.approx(
        learner.probabilities([3, 99], {}), abs=1e-5
    )


@pytest.mark.parametrize("data", [b"", b"not compressed", b"x\x9c\x03\x00\x00\x00\x00\x01"])
def test_bytes_that_are_not_a_model_are_refused(data):
    with pytest.raises(Unusable):
        unpack(data, {"labels": ["a"], "counts": {}, "features": 2, "rate": 0.5})


def test_nothing_acts_by_itself_where_people_keep_disagreeing():
    assert cut_for([(0.9, True)] * 5) == CAREFUL
    assert cut_for([(0.9, n % 2 == 0) for n in range(60)]) == NEVER
    good_above = [(0.9, True)] * 40 + [(0.4, False)] * 20
    assert cut_for(good_above) == 0.9


def test_the_longest_phrase_counts_and_a_star_stands_for_any_ending():
    found = Lexicon({"x": ["never", "never again", "delay*"]})
    assert found.find(split("never again delayed #delays")) == [
        ("x", 0, 2),
        ("x", 2, 3),
        ("x", 3, 4),
    ]


def test_every_word_knows_its_place_in_the_text():
    text = "Hi @bo — it's 20:15, see https://x.example/a?b=1 #LateAgain 😡!!"
    post = cut(text)
    assert post.words == split(text)
    assert [text[a:b] for a, b in post.places][1] == "@bo"
    assert post.words[-3:] == ["#lateagain", "😡", "!!"]


def test_each_language_has_every_section():
    assert set(languages()) >= {"de", "en", "es", "fr", "nl"}
    wanted = {"positive", "negative", "not", "urgent", "person", "threat", "opportunity", "spam"}
    for language in languages():
        assert wanted <= set(sections(language)), language
    assert {"delivery", "invoice", "refund"} <= set(concepts())


def test_no_entry_of_a_lexicon_is_a_bare_number():
    """Numbers are cut to their length, so "18+" would be every number of two digits."""
    bare = [
        (language, section, entry)
        for language in languages()
        for section, entries in sections(language).items()
        for entry in entries
        if any(sign.isdigit() for sign in entry) and not any(sign.isalpha() for sign in entry)
    ]
    assert bare == []
