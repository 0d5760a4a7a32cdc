"""Questions asked often without a saved answer, and owners who hear of an end in time."""

from __future__ import annotations

from datetime import timedelta

from harken.domain.conversations.models import Conversation
from harken.domain.conversations.services.topics import move, set_topic
from harken.domain.knowledge.clusters import grouped
from harken.domain.knowledge.queries_answers import Narrowed, listed
from harken.domain.knowledge.queries_gaps import gaps
from harken.domain.knowledge.services.answers import AnswerPlan, change_answer
from harken.domain.knowledge.tasks import tell_owners
from harken.domain.notifications.models import Notification
from harken.kit import clock

PLACES = ("Leeds", "York", "Cork", "Exeter", "Dublin", "Cardiff")


def test_messages_that_share_their_telling_words_are_one_question() -> None:
    texts = [f"Can I store the battery in an unheated shed in {place}?" for place in PLACES]
    other = ["The refund of my deposit never came.", "My brake feels soft since Monday."]
    (group,) = grouped([*texts, *other], least=5)
    assert sorted(group.members) == [0, 1, 2, 3, 4, 5]
    assert {"batte", "unheat", "shed"} <= set(group.core)


def ask(receive, company, count: int = 6) -> None:
    for place in PLACES[:count]:
        conversation = receive(
            f"@meridian.example may the suitcase lock stay open in {place}?", by=place.lower()
        )
        set_topic(conversation, company.baggage, by=company.mika)


def test_what_is_asked_five_times_and_has_no_answer_is_a_gap(receive, company, save) -> None:
    ask(receive, company)
    (gap,) = gaps(company.lena, company.brand)
    assert (gap.count, gap.topic) == (6, company.baggage)
    assert {"suitcase", "lock"} <= set(gap.words)
    assert len(gap.examples) == 3
    save("Suitcase lock open?", "The lock of a suitcase stays shut, {name}.")
    assert gaps(company.lena, company.brand) == []


def test_four_times_is_not_often_and_an_ended_answer_takes_up_nothing(
    receive, company, save
) -> None:
    ask(receive, company, 4)
    assert gaps(company.lena, company.brand) == []
    ask(receive, company, 1)
    save(
        "Suitcase lock open?", "It stays shut.", valid_until=clock.now().date() - timedelta(days=1)
    )
    assert [gap.count for gap in gaps(company.lena, company.brand)] == [5]


def test_nobody_sees_questions_of_another_team(receive, company) -> None:
    ask(receive, company)
    for conversation in Conversation.objects.all():
        move(conversation, to=company.billing, by=company.maren)
    assert gaps(company.lena, company.brand) == []
    assert len(gaps(company.maren, company.brand)) == 1


def test_an_owner_hears_once_of_each_end(save, company) -> None:
    today = clock.now().date()
    answer = save("Ends soon", valid_until=today + timedelta(days=13))
    save("Ends later", valid_until=today + timedelta(days=40))
    assert (tell_owners(), tell_owners()) == (1, 0)
    told = Notification.objects.get(kind="answer_ending")
    assert (told.person, told.url) == (company.mika, f"/manage/answers/{answer.pk}/")
    sooner = AnswerPlan(
        title="Ends soon", short="x", owner=company.mika, valid_until=today + timedelta(days=2)
    )
    change_answer(answer, sooner, by=company.lena)
    assert tell_owners() == 1


def test_the_list_is_narrowed_to_words_ends_and_what_nobody_uses(save, company) -> None:
    today = clock.now().date()
    ended = save("Winter offer", "It costs little.", valid_until=today - timedelta(days=1))
    save("Lost bag", "We look for it.")
    assert [each.title for each in listed(company.brand, Narrowed(text="offers"))] == [ended.title]
    assert list(listed(company.brand, Narrowed(which="ending"))) == [ended]
    assert listed(company.brand, Narrowed(which="unused")).count() == 2
    assert not listed(company.brand, Narrowed(which="retired")).exists()
