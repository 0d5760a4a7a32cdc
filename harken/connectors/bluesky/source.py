"""Reading a search of Bluesky again and again, with or without an account.

Source: lexicon app.bsky.feed.searchPosts (`q`, `sort`, `limit`, `cursor`); Bluesky's own AppView
answers strangers at api.bsky.app, others may want an account. What a search lists late is found by
the trail, see there. The words of a search are the server's matter: production stems and ranks,
so a search narrows what comes and the monitors decide.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from harken.connectors.bluesky.addresses import AtUri, post_page
from harken.connectors.bluesky.embeds import images_of, web_address
from harken.connectors.bluesky.parse import moment
from harken.connectors.bluesky.relevance import objects
from harken.connectors.bluesky.session import Session
from harken.connectors.bluesky.trail import Hit, Trail
from harken.connectors.bluesky.xrpc import BrokenOff, Json, Query, Rejected, Xrpc
from harken.kit import clock
from harken.kit.connector import Account, ConnectorError, SessionLost
from harken.kit.heard import Heard
from harken.kit.source import MOST_TEXT, Caught, Cursor, closed, going_on, number, opened
from harken.kit.source_kinds import Setting, SettingRefused, SourceKind, web
from harken.kit.text import storable

NSID = "app.bsky.feed.searchPosts"
OPEN_SERVICE = "https://api.bsky.app"
EVERY = 20.0  # seconds between two looks
HITS = 100  # of one page; the server gives no more
LINK = "app.bsky.richtext.facet#link"


class Search:
    """Posts that the search `words` finds at `service`; as the account `handle`, if there is one.

    Asked every `every` seconds.
    """

    def __init__(
        self,
        words: str,
        service: str = OPEN_SERVICE,
        *,
        handle: str = "",
        app_password: str = "",
        every: float = EVERY,
    ) -> None:
        self._words = words
        self._every = every
        self._open = Xrpc(service)
        self._session: Session | None = None
        if handle:
            kept = _Kept({"app_password": app_password})
            self._session = Session(Account("", handle.lstrip("@"), service), kept)

    def open(self, cursor: Cursor, stop: threading.Event) -> Iterator[Caught]:
        """See `Source`."""
        return going_on(self._walk, cursor, stop, self._every)

    def _walk(self, cursor: Cursor, stop: threading.Event) -> Iterator[Caught]:
        """From the newest post back to what is known, page by page."""
        values, now = opened(cursor), clock.now()
        start = number(values.get("start")) or int(now.timestamp())
        saved = values.get("trail") if values.get("start") else {"mark": now.isoformat()}
        trail = Trail.restored(saved)
        while not stop.is_set():
            views, after = self._page(trail)
            found = {str(view.get("uri")): view for view in views}
            hits = [Hit(uri, moment(view.get("indexedAt")), "") for uri, view in found.items()]
            fresh, trail = trail.advance(hits, after, clock.now())
            since = datetime.fromtimestamp(start, UTC)
            recent = [hit for hit in fresh if hit.at is not None and hit.at >= since]
            posts = [post for hit in recent if (post := _heard(found[hit.uri], hit.at))]
            yield Caught(tuple(posts), closed(start=start, trail=trail.saved()))
            if not trail.walking:
                return

    def _page(self, trail: Trail) -> tuple[list[Json], str]:
        """One page and the name of the next; a shorter one when somebody blew up the posts."""
        query = {"q": self._words, "sort": "latest"}
        if trail.page:
            query["cursor"] = trail.page
        for limit in (HITS, HITS // 10, 1):
            try:
                answer = self._get({**query, "limit": limit})
            except BrokenOff:
                continue
            except SessionLost as error:
                raise ConnectorError(str(error), permanent=True) from error
            except Rejected:
                if not trail.page:
                    raise
                return [], ""  # the server lists no further back
            after = answer.get("cursor")
            return objects(answer, "posts"), after if isinstance(after, str) else ""
        raise ConnectorError(f"{NSID}: a page that cannot be read to its end")

    def _get(self, query: Query) -> Json:
        if self._session is not None:
            return self._session.get(NSID, query)
        return self._open.get(NSID, query, "")


class _Kept:
    """The login and its tokens, for as long as the search is read."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = dict(values)

    def load(self) -> dict[str, str]:
        return dict(self._values)

    def save(self, values: Mapping[str, str]) -> None:
        self._values = dict(values)


def _heard(view: Json, indexed: datetime | None) -> Heard | None:
    """A hit as a post; None for one without an author or words."""
    author, record = view.get("author"), view.get("record")
    if not isinstance(author, dict) or not isinstance(record, dict) or indexed is None:
        return None
    uri, text, langs = str(view.get("uri")), record.get("text"), record.get("langs")
    if not uri.startswith("at://") or not isinstance(text, str):
        return None
    lang = langs[0] if isinstance(langs, list) and langs else ""
    written = moment(record.get("createdAt")) or indexed
    return Heard(
        network="bluesky",
        uri=uri,
        author=storable(str(author.get("handle") or author.get("did")), 300),
        account=storable(str(author.get("did") or ""), 200),
        text=storable(text, MOST_TEXT),
        lang=lang if isinstance(lang, str) and len(lang) <= 35 else "",
        sent_at=min(written, indexed),
        links=tuple(dict.fromkeys(_links(record, view.get("embed")))),
        pictures=len(images_of(view.get("embed"))),
        url=_page(uri),
    )


def _page(uri: str) -> str:
    try:
        return post_page(AtUri.read(uri))
    except ValueError:  # it is heard all the same, without an address to open
        return ""


def _links(record: Json, embed: object) -> Iterator[str]:
    found = [
        feature.get("uri")
        for facet in objects(record, "facets")
        for feature in objects(facet, "features")
        if feature.get("$type") == LINK
    ]
    for part in (embed, embed.get("media") if isinstance(embed, dict) else None):
        card = part.get("external") if isinstance(part, dict) else None
        found.append(card.get("uri") if isinstance(card, dict) else None)
    yield from filter(None, map(web_address, found))


def _handle(value: str) -> str:
    handle = value.lstrip("@").lower()
    if "." not in handle or any(letter.isspace() for letter in handle):
        raise SettingRefused("write it whole, such as parcelo.bsky.social.")
    return handle


KINDS = (
    SourceKind(
        kind="bluesky-search",
        label="Bluesky, a search",
        about="Posts that Bluesky's search finds, looked at every 20 seconds.",
        settings=(
            Setting("words", "Search for", "A word, a hashtag with its #, or words in quotes."),
            Setting(
                "service",
                "Server",
                "As it is for a search without an account; with one, the account's server, such as "
                "https://bsky.social",
                default=OPEN_SERVICE,
                keeps_place=True,
                check=web,
            ),
            Setting(
                "handle",
                "Account",
                "Only where the server wants one.",
                optional=True,
                keeps_place=True,
                check=_handle,
            ),
            Setting(
                "app_password",
                "App password",
                "Made in Bluesky under Settings, Privacy and security, App passwords.",
                optional=True,
                secret=True,
            ),
        ),
        make=lambda given, password: Search(
            given["words"],
            given["service"],
            handle=given.get("handle", ""),
            app_password=password,
        ),
        remedy="The server refuses the search. Without an account: give it one, and its server. "
        "With one: make a new app password in Bluesky's settings and save it below.",
    ),
)
