"""Handover notes: written by who leaves, confirmed by who comes."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F, Func, Value

from harken.domain.journal.services import record
from harken.domain.notifications.services import notify
from harken.domain.people.models import Team, User
from harken.domain.roster.addresses import DESK
from harken.domain.roster.events import HandoverWritten
from harken.domain.roster.models import HandoverNote
from harken.domain.roster.queries import on_duty
from harken.domain.roster.services.permission import need_member
from harken.kit.refusals import Invalid
from harken.kit.text import storable

LONGEST = 4000  # characters


def write_handover(team: Team, body: str, *, by: User) -> HandoverNote:
    """Tell who comes after `by` in this team. Raises `NotAllowed`, `Invalid`."""
    need_member(by, team)
    body = storable(body.strip(), LONGEST)
    if not body:
        raise Invalid("The note is empty. Write what the next shift has to know.")
    with transaction.atomic():
        note = HandoverNote.objects.create(team=team, author=by, body=body)
        record(HandoverWritten(by=by.pk, teams=(team.pk,), note=note.pk))
        notify(
            "handover", to=on_duty(team), by=by, url=DESK,
            text=f"{by} wrote a handover note for {team}",
        )  # fmt: skip
    return note


def read_handover(note: HandoverNote, *, by: User) -> HandoverNote:
    """Confirm having read it; it is not put before this person again."""
    unread = HandoverNote.objects.filter(pk=note.pk).exclude(readers__contains=[by.pk])
    unread.update(readers=Func(F("readers"), Value(by.pk), function="array_append"))
    note.refresh_from_db(fields=["readers"])
    return note
