"""A day at Bluesky: everything that concerns us is stored once, and every answer stands once."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import Any

import pytest

from tests.bluesky_day import books
from tests.bluesky_day.conftest import Harken
from tests.bluesky_day.figures import Figures, p95
from tests.bluesky_day.screen import open_inbox
from tests.bluesky_day.sizes import SIZES, Size
from tests.bluesky_day.town import Told, Written, still_there
from tests.journeys.house import until
from tests.servers.atproto.people import Ref
from tests.servers.atproto.richtext import oracle

pytestmark = pytest.mark.atproto

CALLING = {"mention", "picture", "reply", "quote", "second_part"}
# {who} is the customer's handle. What stands before a link moves its offsets, which are bytes.
ANSWERS = (
    "Hello, thank you for telling us. We look into it now. {mark} /Mika",
    "Grüß Gott 🧳! Please fill in https://bluebird.example/claims?a=1&b=2. {mark} /Mika",
    "Ce n’est pas normal 😱 @{who}, on s’en occupe. {mark} /Mika",
    "お待たせしました。bluebird.example/luggage をご覧ください。 {mark} /Mika",
    "Good news for #Baggage, @{who}: it was found ✈️ {mark} /Mika",
)


@pytest.mark.parametrize("size", SIZES)
def test_a_day_of_posts_is_stored_once_and_each_answer_stands_once(
    harken: Harken, size: Size
) -> None:
    title = f"{size.posts} posts by {size.accounts} accounts, {size.answers} answers"
    with Figures(title) as figures:
        harken.town.settle(size.accounts)
        _a_day(harken, size, figures)


def _a_day(harken: Harken, size: Size, figures: Figures) -> None:
    before = len(harken.town.written)
    painted, told = _live_through(harken, size, figures)
    day = harken.town.written[before:]
    _settled(harken, size, figures)
    _delays(day, _Moments(painted, told, _received(harken)), figures)

    answers = _answer(harken, size.answers)
    _all_delivered(harken, answers, figures)
    for answer in answers:
        _stands_once(harken, answer)
    assert len(_our_replies(harken)) == _sent(harken)
    figures.note("answers that stand once, under the right post", len(answers))

    for answer in answers[::3]:
        harken.town.thanks(answer.customer, _ref(harken, answer))
    _settled(harken, size, figures, "thanks under our answers stored")


@dataclass
class Answer:
    """An answer that was sent from the desk, and the post it has to stand under."""

    text: str
    under: books.Entry
    customer: Any
    key: str


# --- the day ---------------------------------------------------------------------------------


def _live_through(
    harken: Harken, size: Size, figures: Figures
) -> tuple[dict[str, float], dict[str, float]]:
    relay, failed = harken.town.network.relay, []
    asked, begin = len(relay.seen), time.monotonic()

    def day() -> None:
        try:
            harken.town.day(size.posts, size.seconds)
        except BaseException as error:
            failed.append(error)
            raise

    with open_inbox(harken.house, "mika") as screen, Told(harken.town.us) as told:
        writers = threading.Thread(target=day, daemon=True)
        writers.start()
        writers.join()
        took = time.monotonic() - begin
        calls = len(relay.seen) - asked
        until(lambda: len(_called(harken.town.written) - set(screen.painted())) == 0)
        painted = screen.painted()
    assert failed == []
    figures.note("the day took", f"{took:.0f} s")
    figures.note("calls of ours to the network", f"{calls / took * 300:.0f} in 5 minutes")
    return painted, told.first


def _called(written: list[Written]) -> set[str]:
    return {made.mark for made in still_there(written) if made.kind in CALLING}


@dataclass
class _Moments:
    """When each post was where, Unix time in seconds: `painted` by mark, the others by URI."""

    painted: dict[str, float]
    told: dict[str, float]
    stored: dict[str, float]


def _received(harken: Harken) -> dict[str, float]:
    rows = harken.house.asked(
        "SELECT external_id, extract(epoch FROM received_at)::float8 FROM conversations_message"
    )
    return {str(uri): float(str(at)) for uri, at in rows}


def _delays(day: list[Written], at: _Moments, figures: Figures) -> None:
    calling = [made for made in day if made.kind in CALLING]
    shown = [made for made in calling if made.mark in at.painted]
    times = [at.painted[made.mark] - made.at for made in shown]
    figures.spread("post to agent's screen, called us", times)
    both = [made for made in shown if made.ref.uri in at.told and made.ref.uri in at.stored]
    uris = [made.ref.uri for made in both]
    figures.spread("  until the network tells us", [at.told[m.ref.uri] - m.at for m in both])
    figures.spread("  from there until stored", [at.stored[uri] - at.told[uri] for uri in uris])
    figures.spread(
        "  from there to the screen", [at.painted[m.mark] - at.stored[m.ref.uri] for m in both]
    )
    tagged = [m for m in day if m.kind == "tagged" and m.mark in at.painted]
    figures.spread("post to agent's screen, hashtag", [at.painted[m.mark] - m.at for m in tagged])
    assert len(shown) >= 0.7 * len(calling), "most posts were seen on the open inbox"
    assert p95(times) < 60  # some seconds on an idle machine; the figure is told


def _settled(
    harken: Harken, size: Size, figures: Figures, name: str = "stored set equals the network's"
) -> None:
    """Wait until both books agree, then look at everything else that must hold."""
    begin = time.monotonic()
    theirs = books.of_the_network(harken.town)

    def differ() -> str:
        return books.difference(books.of_the_house(harken.house), theirs)

    until(lambda: differ() == "", size.patience)
    assert differ() == ""
    figures.note(name, f"{len(theirs.entries)} posts, {time.monotonic() - begin:.0f} s later")
    deleted = {made.ref.uri for made in harken.town.written if made.deleted}
    marked = books.marked_deleted(harken.house)
    assert marked <= deleted
    figures.note("  deleted at the network", f"{len(deleted)}, stored and marked {len(marked)}")
    figures.note("  conversations", len(theirs.threads))
    books.assert_nothing_doubled(harken.house)


# --- the answers -----------------------------------------------------------------------------


def _answer(harken: Harken, count: int) -> list[Answer]:
    people = {person.did: person for person in harken.town.people}
    stored = books.of_the_house(harken.house)
    entries = {entry.uri: entry for entry in stored.entries}
    answers: list[Answer] = []
    for number, conversation in enumerate(harken.mika.conversations(2 * count)):
        ((root, author),) = harken.house.asked(
            "SELECT c.thread_key, h.external_id FROM conversations_conversation c"
            " JOIN contacts_handle h ON h.id = c.handle_id WHERE c.id = %s",
            conversation,
        )
        thread = stored.threads.get((str(root), str(author)), ())
        if not thread or len(answers) == count:
            continue  # the customer took everything back, so there is nothing to answer
        under = entries[thread[-1]]
        customer = people[str(author)]
        mark = f"({conversation}-{number})"
        text = ANSWERS[number % len(ANSWERS)].format(who=customer.handle, mark=mark)
        sent = harken.mika.answer(conversation, text)
        if number % 5 == 0:  # the browser was not sure and sent the form again
            harken.mika.post(f"/desk/c/{conversation}/send/", sent)
        answers.append(Answer(text, under, customer, sent["client_key"]))
    assert len(answers) == count, "there were conversations enough"
    return answers


def _all_delivered(harken: Harken, answers: list[Answer], figures: Figures) -> None:
    keys = [answer.key for answer in answers]
    states = (
        "SELECT state, count(*) FROM replies_reply WHERE client_key = ANY(%s::uuid[]) GROUP BY 1"
    )
    until(lambda: harken.house.asked(states, keys) == [("sent", len(keys))], 180)
    assert harken.house.asked(states, keys) == [("sent", len(keys))]
    waits = harken.house.asked(
        "SELECT extract(epoch FROM settled_at - hold_until)::float8 FROM replies_reply"
        " WHERE client_key = ANY(%s::uuid[])",
        keys,
    )
    figures.spread(
        "end of the undo time to delivered", [float(str(seconds)) for (seconds,) in waits]
    )


def _stands_once(harken: Harken, answer: Answer) -> None:
    """As another customer reads it: under the right post, by us, with the right facets."""
    town = harken.town
    until(lambda: _under(harken, answer), 90)
    reader = town.people[0].client.app.bsky.feed.get_post_thread
    thread = reader({"uri": answer.under.uri, "depth": 1}).thread
    ours = [r.post for r in thread.replies or () if r.post.author.did == town.us.did]
    assert [post.record.text for post in ours] == [answer.text]
    assert ours[0].record.reply.root.uri == answer.under.root
    facets = [
        {
            "start": facet.index.byte_start,
            "end": facet.index.byte_end,
            "kind": facet.features[0].py_type.split("#")[1],
        }
        for facet in ours[0].record.facets or ()
    ]
    (expected,) = oracle([answer.text])
    assert facets == [{k: f[k] for k in ("start", "end", "kind")} for f in expected["facets"]]
    named = [f.features[0].did for f in ours[0].record.facets or () if _is_mention(f)]
    assert named in ([], [answer.customer.did])


def _is_mention(facet: Any) -> bool:
    return str(facet.features[0].py_type).endswith("#mention")


def _under(harken: Harken, answer: Answer) -> list[tuple[str, str]]:
    read = harken.town.people[0].replies_to(answer.under.uri)
    return [(uri, text) for uri, text in read if text == answer.text]


def _ref(harken: Harken, answer: Answer) -> Ref:
    ((uri, _),) = _under(harken, answer)
    (record,) = [r for r in _our_replies(harken) if r.uri == uri]
    root = record.value.reply.root
    return Ref(uri, record.cid, Ref(root.uri, root.cid))


def _our_replies(harken: Harken) -> list[Any]:
    return [record for record in books.repository(harken.town.us) if record.value.reply]


def _sent(harken: Harken) -> int:
    """How many answers the installation believes to have sent, ever."""
    ((count,),) = harken.house.asked("SELECT count(*) FROM replies_reply WHERE state = 'sent'")
    return int(str(count))
