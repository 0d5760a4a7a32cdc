"""What the page of the checks shows: severities as they are set, lists, and what people did."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import timedelta

from django.db.models import Count

from harken.domain.people.models import Brand
from harken.domain.replies.brand_words import places
from harken.domain.replies.models_checks import BrandWord, CheckResult, CheckSetting
from harken.kit import clock

WINDOW = timedelta(days=30)

Places = tuple[tuple[int, int], ...]


def set_for(brand: Brand, role: str) -> dict[str, str]:
    """The severities set for a brand and exactly this role ("" is everybody), by check."""
    rows = CheckSetting.objects.filter(brand=brand, role=role)
    return dict(rows.values_list("check_key", "severity"))


def lines_of(brand: Brand) -> dict[str, list[str]]:
    """The lines of a brand's lists, by list."""
    found: dict[str, list[str]] = defaultdict(list)
    for word in BrandWord.objects.filter(brand=brand):
        found[word.word_list].append(word.line)
    return dict(found)


def decisions(brand: Brand) -> dict[str, Counter[str]]:
    """How often each check was shown in the last thirty days, by what people did then."""
    rows = (
        CheckResult.objects.filter(
            conversation__channel__brand=brand, shown_at__gte=clock.now() - WINDOW
        )
        .values_list("check_key", "decision")
        .annotate(count=Count("pk"))
    )
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for check, decision, count in rows:
        found[check][decision] += count
    return dict(found)


def matches(lines: Iterable[str], text: str) -> list[tuple[str, Places]]:
    """Which of these lines are in a text, and where. Raises `UnusableLine`."""
    found = ((line, places(line, text)) for line in lines)
    return [(line, there) for line, there in found if there]
