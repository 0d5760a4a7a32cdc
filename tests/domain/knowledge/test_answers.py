"""Writing saved answers: who may, what is kept, what is refused."""

from __future__ import annotations

from datetime import timedelta

import pytest

from harken.domain.journal.models import Event
from harken.domain.knowledge.models import SavedAnswer
from harken.domain.knowledge.services.answers import (
    AnswerPlan,
    change_answer,
    restore_answer,
    retire_answer,
)
from harken.kit import clock
from harken.kit.refusals import Invalid, NotAllowed


def plan(company, **more) -> AnswerPlan:
    values = {"title": "Lost bag", "short": "We look.", "owner": company.mika} | more
    return AnswerPlan(**values)


def test_every_wording_stays_as_a_version(save, company) -> None:
    answer = save("Lost bag", "Hi {name}.")
    soon = clock.now().date() + timedelta(days=9)
    change_answer(
        answer, plan(company, short="Hi {name}, we look.", valid_until=soon), by=company.mika
    )
    kept = [(each.number, each.short, each.written_by) for each in answer.versions.all()]
    assert kept == [(2, "Hi {name}, we look.", company.mika), (1, "Hi {name}.", company.lena)]
    assert Event.objects.filter(kind="SavedAnswerWritten").count() == 2


def test_leads_of_the_brand_and_the_owner_write_and_nobody_else(save, company) -> None:
    answer = save(owner=company.mika)
    change_answer(answer, plan(company), by=company.mika)
    for person in (company.ben, company.vic, company.elif_):
        with pytest.raises(NotAllowed):
            change_answer(answer, plan(company), by=person)
        with pytest.raises(NotAllowed):
            retire_answer(answer, by=person)
        with pytest.raises(NotAllowed):
            save("Another", by=person)
    assert SavedAnswer.objects.get().version == 2


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"title": "  "}, "Title"),
        ({"short": ""}, "Short wording"),
        ({"short": "x" * 281}, "Short wording"),
        ({"long": "x" * 3001}, "Long wording"),
        ({"short": "Hi {name"}, "Holes"),
        ({"long": "Hi {}."}, "Holes"),
    ],
)
def test_what_cannot_be_used_is_refused_and_named(company, save, wrong, field) -> None:
    with pytest.raises(Invalid, match=field):
        save(**{"title": "Lost bag", "short": "We look."} | wrong)
    assert not SavedAnswer.objects.exists()


def test_an_owner_writes_to_customers(company, save) -> None:
    with pytest.raises(Invalid, match="Owner"):
        save(owner=company.vic)


def test_a_retired_answer_can_be_taken_into_use_again(save, company) -> None:
    answer = retire_answer(save(), by=company.lena)
    assert answer.retired_at is not None
    first = answer.retired_at
    assert retire_answer(answer, by=company.lena).retired_at == first
    assert restore_answer(answer, by=company.mika).retired_at is None
    assert [
        Event.objects.filter(kind=kind).count()
        for kind in ("SavedAnswerRetired", "SavedAnswerRestored")
    ] == [1, 1]
