"""A copy is found among answers that all begin alike, and what is common is not counted through."""

from __future__ import annotations

import uuid

from django.db import connection
from django.test.utils import CaptureQueriesContext

from harken.domain.replies import queries_alike
from harken.domain.replies.models import ReplyShape
from harken.domain.replies.queries_alike import earlier_like
from harken.domain.replies.services.send import send

TOLD = "Amara, your parcel left Hamburg this morning and will be at your door tomorrow at ten."
OTHERS = 6


def test_a_copy_of_what_everybody_writes_is_found_by_two_common_bands(
    company, receive, monkeypatch
) -> None:
    first = send(receive("Where is it?"), body=TOLD, client_key=uuid.uuid4(), by=company.ben)
    for number in range(OTHERS):
        asked = receive("And mine?", by=f"guest{number}")
        send(asked, body=TOLD, client_key=uuid.uuid4(), by=company.ben, again=True)
    other = receive("When does it come?", by="yusuf")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE replies_replyshape")
    text = TOLD.replace("Amara", "Yusuf").replace("morning", "evening")
    with CaptureQueriesContext(connection) as rare:
        alone = earlier_like(text, other, by=company.mika)
    monkeypatch.setattr(queries_alike, "OFTEN", OTHERS - 1)
    with CaptureQueriesContext(connection) as common:
        found = earlier_like(text, other, by=company.mika)
    assert found == alone
    assert len(found) == queries_alike.SHOWN
    assert ReplyShape.objects.filter(reply=first).exists()
    pairs = [sum("@> ARRAY" in each["sql"] for each in asked) for asked in (rare, common)]
    assert pairs == [0, 1]


def test_pairs_of_common_bands_are_bounded(monkeypatch) -> None:
    bands = list(range(10))
    monkeypatch.setattr(queries_alike, "READ", 100_000)
    statement, asked = queries_alike._near(bands, {band: 40_000.0 + band for band in bands[2:]})
    assert statement.count("@> ARRAY") == 2, "the third pair would be more than 100,000 entries"
    assert asked["rare"] == [0, 1]
    assert "%(b2)s, %(b3)s" in statement, "the rarest of the common ones come first"
