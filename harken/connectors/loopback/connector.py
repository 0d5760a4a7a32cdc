"""The loopback connector: the port in `harken.kit.connector` for the network in this folder."""

from __future__ import annotations

import secrets as random_secrets
from collections.abc import Mapping, Sequence
from typing import TypeVar
from urllib.parse import quote

import msgspec

from harken.connectors.loopback import parse
from harken.connectors.loopback import text as texts
from harken.connectors.loopback.api import TREES_PER_REQUEST
from harken.connectors.loopback.client import AccountClient, NotFound
from harken.connectors.loopback.wire import Event, Kind, NewPost, Post, RawEventPage, Record, Trees
from harken.kit.connector import (
    Account,
    Capabilities,
    Field,
    Followed,
    Identity,
    Inbound,
    Length,
    OutboundReply,
    Page,
    Receipt,
    Secrets,
    SessionLost,
    Span,
)

Decoded = TypeVar("Decoded")
PAGE = 500  # events


class LoopbackConnector:
    """One account of a loopback network. Secrets: `password`, and the `token` of the session."""

    network = "loopback"
    label = "Loopback"
    letter = "L"
    fields = (
        Field(
            "service", "Address", "Where the loopback network listens, e.g. http://127.0.0.1:7000"
        ),
        Field("handle", "Handle", "The account's name there, without @"),
        Field("password", "Password", secret=True),
    )
    capabilities = Capabilities(
        can_reply=True,
        can_delete=True,
        can_like=True,
        can_search=True,
        can_edit=True,
        can_find=True,
        can_look_up=True,
        length_limit=texts.LENGTH_LIMIT,
        length_unit="characters",
        poll_seconds=0.25,
        settle_seconds=5.0,
    )
    deadline = 2.0  # seconds for one request; shorter than settle_seconds

    def __init__(self, account: Account, secrets: Secrets) -> None:
        self._account = account
        self._secrets = secrets
        self._client = AccountClient(account.service, self.deadline)

    # --- coming in --------------------------------------------------------------------------

    def identify(self) -> Identity:
        """Log in with the password. Raises `SessionLost`."""
        face = self._log_in()
        return Identity(face.external_id, face.handle, face.display_name, face.avatar_url)

    def read(self, cursor: str | None) -> Page:
        """Events after the cursor, which is the last seq looked at.

        None, and a cursor the network never gave, read the last 24 hours.
        """
        query = [("limit", str(PAGE)), *(("q", term) for term in self._account.listen_for)]
        if cursor and cursor.isdecimal():
            query.append(("after", cursor))
        page = self._call("GET", "/events", RawEventPage, query=query)
        return Page(tuple(bytes(event) for event in page.events), str(page.cursor), page.more)

    def parse(self, raw: bytes) -> Sequence[Inbound]:
        """One event as a post, an edit or a deletion. Raises `Unreadable`."""
        return parse.parse(raw, self._account.external_id, self._account.service)

    def recheck(self, trees: Sequence[Followed]) -> tuple[bytes, ...]:
        """What happened below and to the posts we hold, as events with seq 0."""
        found: list[bytes] = []
        for start in range(0, len(trees), TREES_PER_REQUEST):
            some = trees[start : start + TREES_PER_REQUEST]
            roots = [("root", followed.root_id) for followed in some]
            read = self._call("GET", "/threads", Trees, query=roots).trees
            for followed, posts in zip(some, read, strict=True):
                found += _news(posts, set(followed.external_ids))
        return tuple(found)

    def look_up(self, uri: str) -> bytes | None:
        """A public post by its id, with the posts above it, as an event with seq 0."""
        try:
            post = self._call("GET", f"/post/{quote(uri, '')}", Post)
        except NotFound:
            return None
        if post.deleted:
            return _event("delete", post)
        tree = self._call("GET", f"/thread/{quote(post.root, '')}", Trees).trees[0]
        called = f"@{self._account.handle}".lower() in post.text.lower()
        return _event("post", post, _above(post, tree), "mention" if called else "search")

    # --- the composer -----------------------------------------------------------------------

    def length(self, text: str) -> Length:
        """Counted in graphemes: what people see as characters."""
        return Length(texts.length(text), texts.LENGTH_LIMIT)

    def preview(self, text: str) -> Sequence[Span]:
        """Links, mentions and hashtags as the network shows them."""
        return texts.spans(text)

    def new_key(self) -> str:
        """A fresh random key; the network answers the same key with the same post."""
        return random_secrets.token_hex(12)

    # --- going out --------------------------------------------------------------------------

    def send(self, reply: OutboundReply) -> Receipt:
        """Post an answer under its key. See the port for what it raises."""
        lang = reply.langs[0] if reply.langs else ""
        body = NewPost(reply.text, reply_to=reply.target_id, lang=lang)
        record = self._call("PUT", f"/record/{quote(reply.key, '')}", Record, body=body)
        return self._receipt(record)

    def find(self, key: str) -> Receipt | None:
        """The write under this key, or None: it is certainly not there (yet, until settled)."""
        try:
            record = self._call("GET", f"/record/{quote(key, '')}", Record)
        except NotFound:
            return None
        return self._receipt(record)

    def delete(self, external_id: str) -> None:
        """Take one of our posts back; already gone is success. Raises `Refused` for others'."""
        try:
            self._call("DELETE", f"/post/{quote(external_id, '')}", type(None))
        except NotFound:
            return

    def like(self, external_id: str, native: Mapping[str, str], key: str) -> Receipt:  # noqa: ARG002
        """Like a post once; needs nothing of its `native` values."""
        body = {"post": external_id}
        record = self._call("PUT", f"/like/{quote(key, '')}", Record, body=body)
        return self._receipt(record)

    # --- the session ------------------------------------------------------------------------

    def _call(
        self,
        method: str,
        path: str,
        kind: type[Decoded],
        *,
        query: Sequence[tuple[str, str]] = (),
        body: object = None,
    ) -> Decoded:
        if not self._client.token:
            self._client.token = self._secrets.load().get("token", "")
        if not self._client.token:
            self._log_in()
        try:
            return self._client.call(method, path, kind, query=query, body=body)
        except SessionLost:
            # Sessions end with a restart of the network; the password decides whether for good.
            self._log_in()
            return self._client.call(method, path, kind, query=query, body=body)

    def _log_in(self) -> Identity:
        values = self._secrets.load()
        session = self._client.log_in(self._account.handle, values.get("password", ""))
        self._secrets.save(values | {"token": session.token})
        face = session.account
        return Identity(face.id, face.handle, face.name, face.avatar)

    def _receipt(self, record: Record) -> Receipt:
        if record.post is not None:
            url = parse.url_of(record.post, self._account.service.rstrip("/"))
            return Receipt(record.post.id, url, record.post.at)
        return Receipt(record.key, sent_at=record.like.at if record.like else None)


def _news(posts: Sequence[Post], held: set[str]) -> list[bytes]:
    """Events for what a tree has below the held posts, and for edits and deletions of them."""
    by_id = {post.id: post for post in posts}
    below = set(held)
    found: list[bytes] = []
    for post in posts:
        if post.id in held:
            if post.deleted:
                found.append(_event("delete", post))
            elif post.version:
                found.append(_event("edit", post))
        elif post.parent in below and not post.deleted:
            below.add(post.id)
            above = by_id.get(post.parent)
            ancestors = (above,) if above is not None and not above.deleted else ()
            found.append(_event("post", post, ancestors))
    return found


def _above(post: Post, tree: Sequence[Post]) -> tuple[Post, ...]:
    """The standing posts above one, oldest first."""
    by_id = {each.id: each for each in tree}
    found: list[Post] = []
    while post.parent and (parent := by_id.get(post.parent)) is not None and parent not in found:
        found, post = [parent, *found], parent
    return tuple(each for each in found if not each.deleted)


def _event(kind: Kind, post: Post, ancestors: tuple[Post, ...] = (), why: str = "thread") -> bytes:
    return msgspec.json.encode(Event(0, kind, post, why, ancestors))
