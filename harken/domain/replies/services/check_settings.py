"""What leads decide about checks: how much each weighs, and the lists of their brand."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from harken.domain.journal.services import record
from harken.domain.people.models import Brand, Role, User
from harken.domain.replies.brand_words import UnusableLine, usable
from harken.domain.replies.checks.registry import checks
from harken.domain.replies.events import BrandWordsChanged, CheckSet
from harken.domain.replies.models_checks import BrandWord, CheckSetting, SetSeverity, WordList
from harken.kit import clock
from harken.kit.refusals import Invalid, NotAllowed

MOST_LINES = 500


class UnusableList(Invalid):
    """A list with a line that cannot be read. `line` and `column` count from 0."""

    def __init__(self, line: int, error: UnusableLine) -> None:
        super().__init__(f"Line {line + 1}: {error}")
        self.line, self.column = line, error.column


def may_manage(user: User, brand: Brand) -> None:
    """Raises `NotAllowed` for all but managers and leads of a team of the brand."""
    if not user.can_manage:
        raise NotAllowed("Leads and managers look after the checks. Ask one of them.")
    if not (user.sees_all or user.teams.filter(brand=brand).exists()):
        raise NotAllowed(f"The checks of {brand} are looked after by its own leads.")


def set_severity(brand: Brand, check: str, severity: str, *, role: str = "", by: User) -> None:
    """Let a check weigh so much for a brand (for one role of it); "" goes back to the usual.

    Raises `NotAllowed`, and `Invalid` for a check, severity or role that there is not.
    """
    may_manage(by, brand)
    known = {each.key for each in checks()}
    if check not in known or severity not in {"", *SetSeverity.values}:
        raise Invalid("Choose from the lists; what was chosen is not there.")
    if role not in {"", *Role.values}:
        raise Invalid("Choose one of the roles.")
    with transaction.atomic():
        rows = CheckSetting.objects.filter(brand=brand, role=role, check_key=check)
        held = rows.first()
        if (held.severity if held else "") == severity:
            return
        if severity:
            CheckSetting.objects.update_or_create(
                brand=brand,
                role=role,
                check_key=check,
                defaults={"severity": severity, "changed_by": by, "changed_at": clock.now()},
            )
        else:
            rows.delete()
        record(CheckSet(by=by.pk, brand=brand.pk, check=check, severity=severity, role=role))


def set_words(brand: Brand, word_list: str, lines: Iterable[str], *, by: User) -> list[BrandWord]:
    """Make these the lines of a list; empty lines and repeats are left out.

    Raises `NotAllowed`, `UnusableList` (with line and column), and `Invalid` for too many.
    """
    may_manage(by, brand)
    if word_list not in WordList.values:
        raise Invalid("There is no such list.")
    kept = usable_lines(lines)
    with transaction.atomic():
        held = BrandWord.objects.filter(brand=brand, word_list=word_list)
        known = set(held.values_list("line", flat=True))
        gone, _ = held.exclude(line__in=kept).delete()
        fresh = [
            BrandWord(brand=brand, word_list=word_list, line=line, added_by=by)
            for line in kept
            if line not in known
        ]
        BrandWord.objects.bulk_create(fresh, ignore_conflicts=True)
        if gone or fresh:
            record(BrandWordsChanged(by=by.pk, brand=brand.pk, word_list=word_list))
    return list(held.all())


def usable_lines(lines: Iterable[str]) -> list[str]:
    """The lines as they are kept. Raises `UnusableList` and `Invalid`."""
    kept: dict[str, None] = {}
    for number, line in enumerate(lines):
        if line.strip():
            try:
                kept[usable(line)] = None
            except UnusableLine as error:
                raise UnusableList(number, error) from None
    if len(kept) > MOST_LINES:
        raise Invalid(f"A list can have {MOST_LINES} lines at most.")
    return list(kept)
