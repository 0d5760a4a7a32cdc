"""Going back to an earlier model. Nothing is deleted: going back is a step forward in time."""

from __future__ import annotations

from django.db import transaction

from harken.domain.journal.services import record
from harken.domain.people.models import User
from harken.domain.triage.events import ModelRolledBack
from harken.domain.triage.models import Correction, ModelVersion
from harken.domain.triage.queries import newest_version
from harken.domain.triage.services.memory import learner_at, only_writer, save, untaught
from harken.domain.triage.services.words import may_manage
from harken.kit.refusals import Invalid


class NoSuchVersion(Invalid):
    """The model never had that version, or has it now."""


def roll_back(to: int, *, by: User) -> int:
    """Know again what the model knew at version `to` (0: nothing); returns the new version.

    Corrections learnt since then are marked as taken back and not learnt again. Raises
    `NoSuchVersion` and `NotAllowed`.
    """
    may_manage(by)
    with transaction.atomic():
        only_writer(wait=True)
        newest = newest_version()
        if not 0 <= to < newest:
            raise NoSuchVersion(f"Choose a version from 0 to {newest - 1}.")
        later = ModelVersion.objects.filter(number__gt=to)
        moved = list(later.order_by("question").values_list("question", flat=True).distinct())
        for question in moved:
            learner = learner_at(question, to) or untaught(question)
            save(question, learner, why="rollback", whole=True, by=by)
        Correction.objects.filter(version__gt=to).update(taken_back=True)
        number = newest_version()
        record(ModelRolledBack(by=by.pk, to=to, version=number))
    return number
