"""The Bluesky connector: the port in `harken.kit.connector` for the AT Protocol."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from harken.connectors.bluesky import facets, parse, profiles, recheck
from harken.connectors.bluesky.addresses import TidClock
from harken.connectors.bluesky.embeds import web_address
from harken.connectors.bluesky.listen import Listener
from harken.connectors.bluesky.session import Session
from harken.connectors.bluesky.write import SEND_SECONDS, Writer
from harken.connectors.bluesky.xrpc import Rejected
from harken.kit.authors import Author
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
    Span,
)
from harken.kit.text import storable

_keys = TidClock()


class BlueskyConnector:
    """One account at Bluesky. Secrets: `app_password`, and the tokens we keep beside it."""

    network = "bluesky"
    label = "Bluesky"
    letter = "B"
    fields: tuple[Field, ...] = (
        Field("service", "Server", "Where the account lives", default="https://bsky.social"),
        Field("handle", "Handle", "For example bluebird.example, without @"),
        Field(
            "app_password",
            "App password",
            "Made in the Bluesky app under Settings, Privacy and security, App passwords",
            secret=True,
        ),
    )
    capabilities = Capabilities(
        can_reply=True,
        can_delete=True,
        can_like=True,
        can_search=True,
        can_edit=False,
        can_find=True,
        can_look_up=True,
        length_limit=facets.MOST_GRAPHEMES,
        length_unit="characters",
        poll_seconds=1.0,
        recheck_trees=100,
        settle_seconds=3 * SEND_SECONDS,
    )

    def __init__(self, account: Account, secrets: Secrets) -> None:
        self._account = account
        self._session = Session(account, secrets)
        self._listener = Listener(self._session, account.listen_for)
        self._writer = Writer(self._session)

    # --- coming in --------------------------------------------------------------------------

    def identify(self) -> Identity:
        """Log in with the stored secrets and say who we are. Raises `SessionLost`."""
        found = self._session.get("com.atproto.server.getSession", {})
        did = str(found.get("did") or self._session.did)
        handle = storable(str(found.get("handle") or self._account.handle), 253)
        try:
            profile = self._session.get("app.bsky.actor.getProfile", {"actor": did})
        except Rejected:
            profile = {}  # a new account: its server knows it before the rest of the network does
        name = storable(str(profile.get("displayName") or ""), parse.MOST_NAME)
        return Identity(did, handle, name, web_address(profile.get("avatar")))

    def read(self, cursor: str | None) -> Page:
        """Mentions, replies, quotes and search hits after `cursor`; see `listen` and `trail`."""
        self._session.prove()
        return self._listener.read(cursor)

    def parse(self, raw: bytes) -> Sequence[Inbound]:
        """The post or deletion in a raw item; pure. Raises `Unreadable`."""
        return parse.parse(raw, self._account.external_id)

    def recheck(self, trees: Sequence[Followed]) -> tuple[bytes, ...]:
        """Follow-ups and deletions in conversations we have."""
        return recheck.recheck(self._session, trees)

    def look_up(self, uri: str) -> bytes | None:
        """A public post by its address, as a search would have brought it, or its deletion."""
        return self._listener.one(uri)

    def authors(self, accounts: Sequence[str]) -> list[Author]:
        """Handles, names and followers of accounts, by DID."""
        return profiles.authors(self._session, accounts)

    # --- the composer -----------------------------------------------------------------------

    def length(self, text: str) -> Length:
        """Graphemes against 300, or bytes against 3000 when that is the tighter one."""
        return facets.length(text)

    def preview(self, text: str) -> Sequence[Span]:
        """Links, mentions and tags as the Bluesky apps will show them."""
        return facets.preview(text)

    def new_key(self) -> str:
        """A fresh record key (TID)."""
        return _keys.next()

    # --- going out --------------------------------------------------------------------------

    def send(self, reply: OutboundReply) -> Receipt:
        """Post an answer under its key within 20 s. See the port for what it raises."""
        return self._writer.send(reply)

    def find(self, key: str) -> Receipt | None:
        """The reply written under this key, or None: it certainly is not there."""
        return self._writer.find(key)

    def delete(self, external_id: str) -> None:
        """Take one of our own posts back; done already is success."""
        self._writer.delete(external_id)

    def like(self, external_id: str, native: Mapping[str, str], key: str) -> Receipt:
        """Like a post; the same key twice likes once."""
        return self._writer.like(external_id, native, key)
