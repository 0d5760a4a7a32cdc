"""Teaching the model what people said. Only the worker does this, one at a time."""

from __future__ import annotations

from django.db.models import Max

from harken.domain.people.models import User
from harken.domain.triage.model.sorter import Sorter
from harken.domain.triage.models import Correction, Judgement
from harken.domain.triage.queries import questions
from harken.domain.triage.services.correct import note
from harken.domain.triage.services.memory import save

OFTEN = (5, 10, 15, 20, 30, 40, 50, 75, 100)  # corrections after which all are learnt anew
SELDOM = 50  # and from there on, every so many
MOST = 2000  # corrections that are learnt anew; older ones have done their part


def learn(sorter: Sorter, correction: Correction) -> int | None:
    """Let the model learn one correction and store the step; returns the version.

    None when there is nothing to learn: a language is not learnt, and what was learnt or taken
    back is not learnt again.
    """
    question = correction.question
    if question not in questions() or correction.version or correction.taken_back:
        return None
    learnt = Correction.objects.filter(
        question=question, version__isnull=False, taken_back=False
    ).count()
    whole = is_time_to_refit(learnt + 1)
    if whole:
        learner = sorter.refit(question, _taught(question, correction))
    else:
        learner = sorter.teach(question, correction.judgement.message.body, correction.after)
    number = save(
        question, learner, why="refit" if whole else "correction", whole=whole, by=correction.by
    )
    Correction.objects.filter(pk=correction.pk).update(version=number)
    return number


def is_time_to_refit(count: int) -> bool:
    """Whether all corrections are learnt anew at the `count`-th: often first, seldom later."""
    return count in OFTEN or (count > OFTEN[-1] and count % SELDOM == 0)


def _taught(question: str, newest: Correction) -> list[tuple[str, str]]:
    """Text and label of the newest word on each message, oldest first; `newest` ends it."""
    known = Correction.objects.filter(
        question=question, version__isnull=False, taken_back=False
    ).exclude(judgement=newest.judgement_id)
    last = known.values("judgement").annotate(last=Max("id")).values("last")
    rows = (
        Correction.objects.filter(pk__in=last)
        .order_by("-id")
        .values_list("judgement__message__body", "after")[: MOST - 1]
    )
    return [*reversed(rows), (newest.judgement.message.body, newest.after)]


def overheard(judgement: Judgement, question: str, label: str, *, by: int) -> Correction | None:
    """A person's word that came by another way: a topic set, a conversation closed as spam.

    None when the judgement's newest word on that question is already this one, as after a
    correction, which sets the topic itself.
    """
    last = judgement.corrections.filter(question=question).order_by("-id").first()
    if last is not None and last.after == label:
        return None
    return note(judgement, question, label, by=User.objects.get(pk=by))
