"""Two sets of books: what stands at the network, and what Harken has stored.

The network's side is read from the authors' own repositories with the independent SDK and judged
here by its own rules; nothing of Harken's code takes part.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from tests.bluesky_day.house import House
from tests.bluesky_day.town import Town
from tests.servers.atproto.people import Person

POSTS = "app.bsky.feed.post"


@dataclass(frozen=True)
class Entry:
    """One post, as either side has it."""

    uri: str
    root: str
    parent: str
    author: str
    text: str
    alts: tuple[str, ...]


@dataclass(frozen=True)
class Book:
    """The posts of customers that concern us, and the order in which each conversation goes."""

    entries: frozenset[Entry]
    threads: dict[tuple[str, str], tuple[str, ...]]


def repository(person: Person) -> list[Any]:
    """Every post record in somebody's repository: objects with `uri`, `cid` and `value`."""
    found: list[Any] = []
    cursor = None
    while True:
        page = person.client.com.atproto.repo.list_records(
            {"repo": person.did, "collection": POSTS, "limit": 100, "cursor": cursor}
        )
        found += page.records
        cursor = page.cursor
        if not cursor:
            return found


def of_the_network(town: Town) -> Book:
    """What has to be stored: who calls us, uses our tag, or writes below such a post."""
    records = {r.uri: r.value for person in town.people for r in repository(person)}
    concerning = {uri for uri, value in records.items() if _calls(value, town)}
    while True:
        below = {uri for uri, value in records.items() if _parent(value) in concerning}
        if below <= concerning:
            break
        concerning |= below
    entries = {uri: _entry(uri, records[uri]) for uri in concerning}
    in_order = sorted(concerning, key=lambda uri: records[uri].created_at)
    return Book(frozenset(entries.values()), _threads(entries[uri] for uri in in_order))


def of_the_house(house: House) -> Book:
    """What is stored and shown as standing."""
    rows = house.asked(
        "SELECT m.external_id, c.thread_key, m.parent_id_at_network, h.external_id, m.body,"
        " m.images FROM conversations_message m"
        " JOIN conversations_conversation c ON c.id = m.conversation_id"
        " JOIN contacts_handle h ON h.id = m.handle_id"
        " WHERE m.direction = 'inbound' AND m.deleted_at IS NULL ORDER BY m.sent_at, m.id"
    )
    entries = [_stored(row) for row in rows]
    assert len({entry.uri for entry in entries}) == len(entries), "a post is stored twice"
    return Book(frozenset(entries), _threads(entries))


def marked_deleted(house: House) -> set[str]:
    """The posts that are stored and marked as taken back by their authors."""
    rows = house.asked("SELECT external_id FROM conversations_message WHERE deleted_at IS NOT NULL")
    return {str(uri) for (uri,) in rows}


def assert_nothing_doubled(house: House) -> None:
    """No conversation, contact or handle stands twice, and nothing is in quarantine."""
    for question in (
        "SELECT thread_key, handle_id FROM conversations_conversation",
        "SELECT external_id, network FROM contacts_handle",
        "SELECT contact_id, network FROM contacts_handle",
    ):
        counted = Counter(house.asked(question))
        assert [row for row, times in counted.items() if times > 1] == []
    assert house.asked("SELECT error FROM channels_quarantined") == []


def difference(ours: Book, theirs: Book) -> str:
    """What to look at when the books differ; empty when they agree."""
    missing = sorted(e.text for e in theirs.entries - ours.entries)
    extra = sorted(e.text for e in ours.entries - theirs.entries)
    odd = [key for key in theirs.threads if theirs.threads[key] != ours.threads.get(key)]
    return f"missing {missing}\nextra {extra}\norder {odd}" if missing or extra or odd else ""


def _calls(value: Any, town: Town) -> bool:
    ours = f"at://{town.us.did}/"
    quoted = getattr(value.embed, "record", None)
    quoted = getattr(quoted, "record", quoted)
    features = [f for facet in value.facets or () for f in facet.features]
    return (
        any(getattr(f, "did", "") == town.us.did for f in features)
        or any(f"#{getattr(f, 'tag', '')}" == town.tag for f in features)
        or _parent(value).startswith(ours)
        or str(getattr(quoted, "uri", "")).startswith(ours)
    )


def _parent(value: Any) -> str:
    return str(value.reply.parent.uri) if value.reply else ""


def _entry(uri: str, value: Any) -> Entry:
    root = str(value.reply.root.uri) if value.reply else uri
    images = getattr(value.embed, "images", None) or ()
    alts = tuple(image.alt for image in images)
    return Entry(uri, root, _parent(value), uri.split("/")[2], value.text, alts)


def _stored(row: tuple[Any, ...]) -> Entry:
    uri, root, parent, author, body, images = row
    return Entry(uri, root, parent, author, body, tuple(image["alt"] for image in images))


def _threads(entries: Iterable[Entry]) -> dict[tuple[str, str], tuple[str, ...]]:
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for entry in entries:
        found[entry.root, entry.author].append(entry.uri)
    return {key: tuple(uris) for key, uris in found.items()}
