"""A company with something to say."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from harken.domain.knowledge.models import SavedAnswer
from harken.domain.knowledge.services.answers import AnswerPlan, write_answer


@pytest.fixture
def save(company) -> Callable[..., SavedAnswer]:
    """Let Lena write a saved answer about baggage, in English."""

    def write(title: str = "Lost bag", short: str = "Hi {name}, we look for it.", **more):
        values = {"topic": company.baggage, "language": "en", "owner": company.mika} | more
        by = values.pop("by", company.lena)
        return write_answer(company.brand, AnswerPlan(title=title, short=short, **values), by=by)

    return write
