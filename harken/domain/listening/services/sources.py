"""The list of sources: add, change, pause, take out, take back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import F

from harken.domain.channels.sources import source_kinds
from harken.domain.journal.services import record
from harken.domain.listening.events import (
    SourceRestored,
    SourceRetired,
    SourceSaved,
    SourceSwitched,
)
from harken.domain.listening.models_sources import ListeningSource, SourceSecret
from harken.domain.people.models import User
from harken.kit import clock
from harken.kit.refusals import Invalid, NotAllowed
from harken.kit.source_kinds import SettingRefused, SourceKind

LONGEST_NAME = 80
LONGEST_SECRET = 1_000


@dataclass(frozen=True, slots=True)
class WantedSource:
    """A source as somebody wants it; `settings` and the secret stand in `values` by their names.

    An empty secret keeps the stored one; `forgets` deletes it.
    """

    kind: str
    name: str
    values: Mapping[str, str] = field(default_factory=dict)
    forgets: bool = False


def save_source(
    source: ListeningSource | None, wanted: WantedSource, *, by: User
) -> ListeningSource:
    """Add a source, or change one; whoever reads it goes on with the new settings by itself.

    Another stream is read from now on, a changed secret or address goes on where it was.
    Raises `NotAllowed`, `Invalid`.
    """
    _need_manager(by)
    kind = source_kinds().get(wanted.kind)
    if kind is None or (source is not None and source.kind != kind.kind):
        raise Invalid("Choose one of the kinds of sources in the list.")
    name = _name(wanted.name)
    try:
        settings = kind.filled(wanted.values)
    except SettingRefused as error:
        raise Invalid(str(error)) from None
    with transaction.atomic():
        _refuse_doubles(source, kind, name, settings)
        row = _locked(source) if source else ListeningSource(kind=kind.kind, number=0)
        if _is_another_stream(kind, row.settings, settings):
            row.cursor = ""
        row.name, row.settings, row.number = name, settings, row.number + 1
        _forget_trouble(row)
        row.save()
        _store_secret(row, kind, wanted)
        record(SourceSaved(by=by.pk, source=row.pk, number=row.number))
    return row


def switch_source(source: ListeningSource, *, on: bool, by: User) -> ListeningSource:
    """Pause a source, or go on where it was. Raises `NotAllowed`.

    A source whose network refused for good is tried again.
    """
    _need_manager(by)
    with transaction.atomic():
        row = _locked(source)
        if row.is_on != on or (on and row.stopped_at):
            row.is_on, row.number = on, row.number + 1
            _forget_trouble(row)
            row.save()
            record(SourceSwitched(by=by.pk, source=row.pk, on=on))
    return row


def retire_source(source: ListeningSource, *, by: User) -> ListeningSource:
    """Take a source out of the list; what was heard of it stays. Raises `NotAllowed`."""
    _need_manager(by)
    with transaction.atomic():
        listed = ListeningSource.objects.filter(pk=source.pk, retired_at=None)
        if listed.update(retired_at=clock.now(), number=F("number") + 1):
            record(SourceRetired(by=by.pk, source=source.pk))
    source.refresh_from_db()
    return source


def restore_source(source: ListeningSource, *, by: User) -> ListeningSource:
    """Take a source back; it goes on where it was. Raises `NotAllowed`, `Invalid`."""
    _need_manager(by)
    with transaction.atomic():
        row = _locked(source)
        if row.retired_at is not None:
            kind = source_kinds().get(row.kind)
            if kind is not None:
                _refuse_doubles(row, kind, row.name, row.settings)
            row.retired_at, row.number = None, row.number + 1
            _forget_trouble(row)
            row.save()
            record(SourceRestored(by=by.pk, source=row.pk))
    return row


def _need_manager(by: User) -> None:
    if not by.can_manage:
        raise NotAllowed("Leads and managers look after sources. Ask one of them.")


def _name(typed: str) -> str:
    name = " ".join(typed.split())
    if not name or len(name) > LONGEST_NAME:
        raise Invalid(f"A source needs a name of at most {LONGEST_NAME} characters.")
    return name


def _locked(source: ListeningSource) -> ListeningSource:
    return ListeningSource.objects.select_for_update().get(pk=source.pk)


def _refuse_doubles(
    source: ListeningSource | None, kind: SourceKind, name: str, settings: Mapping[str, str]
) -> None:
    others = ListeningSource.objects.filter(retired_at=None)
    if source is not None:
        others = others.exclude(pk=source.pk)
    if others.filter(name=name).exists():
        raise Invalid(f"There is a source called {name} already. Choose another name.")
    same = others.filter(kind=kind.kind, settings=settings).first()
    if same is not None:
        raise Invalid(f"“{same.name}” reads this already.")


def _is_another_stream(kind: SourceKind, before: Mapping[str, str], now: Mapping[str, str]) -> bool:
    return any(
        before.get(each.name, "") != now[each.name]
        for each in kind.open_settings
        if not each.keeps_place
    )


def _forget_trouble(row: ListeningSource) -> None:
    row.trouble, row.trouble_since, row.stopped_at = "", None, None


def _store_secret(row: ListeningSource, kind: SourceKind, wanted: WantedSource) -> None:
    asked = kind.secret
    if asked is None:
        return
    typed = wanted.values.get(asked.name, "").strip()
    if len(typed) > LONGEST_SECRET or not typed.isascii() or not typed.isprintable():
        raise Invalid(f"{asked.label}: this is none. Copy it once more, without blanks.")
    if typed:
        SourceSecret.objects.update_or_create(
            source=row, defaults={"secret": typed, "saved_at": clock.now()}
        )
    elif wanted.forgets:
        SourceSecret.objects.filter(source=row).delete()
    if not asked.optional and not SourceSecret.objects.filter(source=row).exists():
        raise Invalid(f"{asked.label} is missing. Fill it in and try again.")
