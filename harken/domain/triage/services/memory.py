"""The model between database and memory: every step is stored, any version can be made again."""

from __future__ import annotations

from django.db import connection
from django.db.models import Max

from harken.domain.people.models import User
from harken.domain.triage.model.learner import Learner
from harken.domain.triage.model.rules import NO_TOPIC, QUESTIONS
from harken.domain.triage.model.sorter import Sorter
from harken.domain.triage.model.stored import Unusable, pack, unpack
from harken.domain.triage.models import ModelVersion
from harken.domain.triage.queries import newest_version, questions

LOCK = "SELECT pg_advisory_xact_lock(hashtext('harken triage model'))"
TRY_LOCK = "SELECT pg_try_advisory_xact_lock(hashtext('harken triage model'))"


def only_writer(*, wait: bool) -> bool:
    """Become the only one who changes the model until the transaction ends.

    With `wait` always True in the end; without, False when somebody else is at it.
    """
    with connection.cursor() as cursor:
        cursor.execute(LOCK if wait else TRY_LOCK)
        row = cursor.fetchone()
    return wait or bool(row and row[0])


def learner_at(question: str, number: int) -> Learner | None:
    """What the model knew of a question at version `number`; None when that was nothing."""
    steps = ModelVersion.objects.filter(question=question, number__lte=number)
    whole = steps.filter(is_whole=True).aggregate(newest=Max("number"))["newest"] or 0
    learner: Learner | None = None
    for step in steps.filter(number__gte=whole).order_by("number"):
        learner = unpack(bytes(step.weights), step.facts, into=learner)
    return learner


def load(sorter: Sorter) -> int:
    """Fill `sorter` with the newest model; returns its version."""
    number = newest_version()
    for question in questions():
        learner = learner_at(question, number)
        if learner is not None:
            sorter.learners[question] = learner
    return number


def untaught(question: str) -> Learner:
    """A learner that knows the labels of a question and nothing more."""
    return Learner(QUESTIONS.get(question, (NO_TOPIC,)))


def catch_up(sorter: Sorter, known: int) -> int:
    """Bring a sorter at version `known` up to date with what others stored; returns the version.

    A whole step replaces a learner, a small one is put on top.
    """
    steps = ModelVersion.objects.filter(number__gt=known).order_by("number")
    for step in steps:
        into = untaught(step.question) if step.is_whole else sorter.learners[step.question]
        try:
            learner = unpack(bytes(step.weights), step.facts, into=into)
        except Unusable:  # topics came and went while this process looked away
            learner = learner_at(step.question, step.number) or untaught(step.question)
        sorter.learners[step.question] = learner
        known = step.number
    return known


def save(question: str, learner: Learner, *, why: str, whole: bool, by: User | None) -> int:
    """Store a step of the model; returns its number. Only for the only writer."""
    # Numbers rise without gaps because there is one writer at a time.
    number = newest_version() + 1
    weights, facts = pack(learner, None if whole else learner.touched)
    learner.touched.clear()
    ModelVersion.objects.create(
        number=number,
        question=question,
        why=why,
        is_whole=whole,
        weights=weights,
        facts=facts,
        by=by,
    )
    return number
