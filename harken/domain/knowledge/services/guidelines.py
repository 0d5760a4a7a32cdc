"""Writing how we speak about a topic, and saying that one has read it."""

from __future__ import annotations

from django.db import transaction

from harken.domain.conversations.models import Topic
from harken.domain.journal.services import record
from harken.domain.knowledge.events import GuidelineConfirmed, GuidelineRetired, GuidelineWritten
from harken.domain.knowledge.models import Guideline, GuidelineConfirmation, GuidelineVersion
from harken.domain.knowledge.services.permission import may_manage
from harken.domain.people.models import Brand, User
from harken.kit import clock
from harken.kit.refusals import Invalid, Refusal
from harken.kit.text import storable

LONGEST = 4000  # characters; what is longer nobody reads beside a customer who waits


class Changed(Refusal):
    """It says something else by now than what was read."""


def write_guideline(brand: Brand, topic: Topic, text: str, *, by: User) -> Guideline:
    """Let this be how `brand` speaks about `topic`; the same words again are no new version.

    Raises `NotAllowed`, and `Invalid` for a text that is empty or too long.
    """
    may_manage(brand, by)
    said = storable(text.strip().replace("\r\n", "\n"), LONGEST + 1)
    if not said:
        raise Invalid("Guideline: write how we speak about this topic.", field="text")
    if len(said) > LONGEST:
        raise Invalid(f"Guideline: {LONGEST} characters at most.", field="text")
    with transaction.atomic():
        # Two first ones at the same moment: the second waits for the first and becomes its change.
        Brand.objects.select_for_update(no_key=True).get(pk=brand.pk)
        held = Guideline.objects.filter(brand=brand, topic=topic).first()
        if held is not None and held.text == said and held.retired_at is None:
            return held
        guideline = held or Guideline(brand=brand, topic=topic, version=0)
        guideline.version += 1
        guideline.text, guideline.retired_at = said, None
        guideline.changed_by, guideline.changed_at = by, clock.now()
        guideline.save()
        GuidelineVersion.objects.create(
            guideline=guideline, number=guideline.version, text=said, written_by=by
        )
        record(GuidelineWritten(by=by.pk, guideline=guideline.pk, version=guideline.version))
    return guideline


def retire_guideline(guideline: Guideline, *, by: User) -> Guideline:
    """Show it no more; retired already is success. Raises `NotAllowed`."""
    may_manage(guideline.brand, by)
    with transaction.atomic():
        rows = Guideline.objects.filter(pk=guideline.pk, retired_at=None)
        if rows.update(retired_at=clock.now()):
            record(GuidelineRetired(by=by.pk, guideline=guideline.pk))
    return Guideline.objects.get(pk=guideline.pk)


def confirm(guideline: Guideline, *, version: int, by: User) -> None:
    """`by` has read this version; twice is success. Raises `Changed` when there is a newer one."""
    with transaction.atomic():
        fresh = Guideline.objects.select_for_update(no_key=True).get(pk=guideline.pk)
        if fresh.version != version:
            raise Changed("It was changed a moment ago. Read it once more.")
        _, is_new = GuidelineConfirmation.objects.get_or_create(
            guideline=fresh, version=version, person=by
        )
        if is_new:
            record(GuidelineConfirmed(by=by.pk, guideline=fresh.pk, version=version))
