"""The owner of the account takes our login away: seen within a minute, nothing lost by it."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from tests.bluesky_day import books
from tests.bluesky_day.conftest import Harken
from tests.bluesky_day.figures import Figures
from tests.bluesky_day.takedown import Takedown
from tests.bluesky_day.town import Written
from tests.journeys.house import until

pytestmark = pytest.mark.atproto

NOTICED_WITHIN = 60.0
HELD_FOR = 4.0  # seconds in which a worker would have tried twenty times


def test_a_withdrawn_app_password_is_seen_in_a_minute_and_nothing_is_lost(harken: Harken) -> None:
    names = ("second", "third")
    harken.maren.reconnect(harken.house.channel, harken.town.us.app_password(names[0]))

    def withdraw() -> None:
        harken.town.us.revoke_app_password(names[0])

    def give_a_new_one() -> str:
        return harken.town.us.app_password(names[1])

    with Figures("The app password is withdrawn at the network") as figures:
        _lost_and_found(harken, withdraw, give_a_new_one, figures)


@pytest.mark.soak
def test_an_account_that_is_taken_down_is_seen_in_a_minute_and_nothing_is_lost(
    harken: Harken,
) -> None:
    password = harken.town.us.app_password("fourth")
    harken.maren.reconnect(harken.house.channel, password)
    down = Takedown(harken.town.network, harken.town.us.did)

    def come_back() -> str:
        down.lift()
        harken.town.known_again()
        return password

    with Figures("The network takes our account down, and lets it come back") as figures:
        _lost_and_found(harken, down.impose, come_back, figures)


def _lost_and_found(
    harken: Harken, lose: Callable[[], None], find: Callable[[], str], figures: Figures
) -> None:
    harken.town.settle(2)
    ana, ben = harken.town.people[:2]
    asked = harken.town.mention(ana)
    conversation = _conversation_of(harken, asked)
    _lost(harken, conversation, lose, figures)

    sent = harken.mika.answer(conversation, f"We will find it. {asked.mark} /Mika")
    # The name of an account that is down is nobody's, so what names it then does not call us.
    harken.town.mention(ben)
    meanwhile = [harken.town.reply(ana), harken.town.quote(ben), harken.town.tagged(ana)]
    time.sleep(HELD_FOR)
    assert _reply(harken, sent["client_key"]) in {("held", 0), ("queued", 0)}
    assert not _stored(harken, meanwhile), "nobody reads without a login"

    password = find()
    begin = time.monotonic()
    said = harken.maren.reconnect(harken.house.channel, password)
    assert "is connected again" in said
    until(lambda: _reply(harken, sent["client_key"]) == ("sent", 1), 180)
    figures.note("held answer delivered", f"{time.monotonic() - begin:.1f} s after the new login")
    assert _reply(harken, sent["client_key"]) == ("sent", 1)
    until(lambda: len(_stored(harken, meanwhile)) == len(meanwhile), 180)
    figures.note("gap read", f"{time.monotonic() - begin:.1f} s after the new login")
    assert len(_stored(harken, meanwhile)) == len(meanwhile)

    theirs = books.of_the_network(harken.town)
    until(lambda: not books.difference(books.of_the_house(harken.house), theirs), 180)
    assert books.difference(books.of_the_house(harken.house), theirs) == ""
    texts = [record.value.text for record in books.repository(harken.town.us)]
    assert texts.count(sent["text"]) == 1


def _lost(harken: Harken, conversation: int, lose: Callable[[], None], figures: Figures) -> None:
    begin = time.monotonic()
    lose()
    until(lambda: harken.house.channel_state == "needs_login", NOTICED_WITHIN)
    noticed = time.monotonic() - begin
    assert harken.house.channel_state == "needs_login"
    figures.note("noticed", f"{noticed:.1f} s after it happened")
    assert "Needs a new login" in harken.mika.page("/manage/channels/")
    assert "This channel needs a new login" in harken.mika.page(f"/desk/c/{conversation}/")
    assert noticed < NOTICED_WITHIN


def _conversation_of(harken: Harken, made: Written) -> int:
    question = "SELECT conversation_id FROM conversations_message WHERE external_id = %s"
    until(lambda: harken.house.asked(question, made.ref.uri), 180)
    ((number,),) = harken.house.asked(question, made.ref.uri)
    return int(str(number))


def _reply(harken: Harken, key: str) -> tuple[object, ...]:
    """The state of an answer and how often a worker has tried to send it."""
    (row,) = harken.house.asked(
        "SELECT r.state, count(a.id) FROM replies_reply r"
        " LEFT JOIN replies_attempt a ON a.reply_id = r.id WHERE r.client_key = %s GROUP BY r.id",
        key,
    )
    return row


def _stored(harken: Harken, posts: list[Written]) -> set[str]:
    uris = [made.ref.uri for made in posts]
    rows = harken.house.asked(
        "SELECT external_id FROM conversations_message WHERE external_id = ANY(%s)", uris
    )
    return {str(uri) for (uri,) in rows}
