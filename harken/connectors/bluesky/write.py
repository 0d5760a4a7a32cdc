"""Writing: replies, likes and deletions, each so that doing it twice does it once.

We choose the record's key and store it before the first attempt. Our repository then answers with
certainty whether a write of unknown fate is there: `getRecord` reads it directly, not the AppView.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC
from typing import Any

from harken.connectors.bluesky.addresses import LIKES, POSTS, AtUri, post_page
from harken.connectors.bluesky.facets import facets, length
from harken.connectors.bluesky.parse import moment
from harken.connectors.bluesky.recheck import is_gone
from harken.connectors.bluesky.relevance import objects
from harken.connectors.bluesky.session import Session
from harken.connectors.bluesky.xrpc import Json, Rejected, ServerFailed
from harken.kit import clock
from harken.kit.connector import (
    ConnectorError,
    OutboundReply,
    RateLimited,
    Receipt,
    Refused,
    SessionLost,
    Unclear,
)

SEND_SECONDS = 20.0
LOOK_SECONDS = 4.0  # for what is only asked to be kind; the write itself matters more
CREATE, GET = "com.atproto.repo.createRecord", "com.atproto.repo.getRecord"
Ref = dict[str, str]


class Writer:
    """Writes as one account."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def send(self, reply: OutboundReply) -> Receipt:
        """Post an answer under its key. See the port for what it raises."""
        if length(reply.text).left < 0:
            raise Refused("the text is longer than the network allows")
        with self._session.within(SEND_SECONDS):
            parent, root = self._place(reply)
            record = {
                "$type": POSTS,
                "text": reply.text,
                "createdAt": _now(),
                "reply": {"root": root, "parent": parent},
                "facets": facets(reply.text, self._resolve),
                "langs": list(reply.langs[:3]),
            }
            same = {"text": reply.text, "reply": record["reply"]}
            filled = {name: value for name, value in record.items() if value or name == "text"}
            return self._create(POSTS, reply.key, filled, same)

    def find(self, key: str) -> Receipt | None:
        """The reply with this key, straight from our repository; None: certainly not there."""
        found = self._look(POSTS, key)
        return _receipt(found) if found else None

    def delete(self, external_id: str) -> None:
        """Take one of our own posts back; done already is success."""
        uri = self._own(external_id)
        body = {"repo": uri.repo, "collection": uri.collection, "rkey": uri.rkey}
        try:
            self._session.post("com.atproto.repo.deleteRecord", body)
        except Rejected as error:
            raise Refused(str(error)) from error

    def like(self, external_id: str, native: Mapping[str, str], key: str) -> Receipt:
        """Like a post; the same key twice likes once."""
        with self._session.within(SEND_SECONDS):
            # The server would replace an older like, and tell the author again: look first.
            found = self._look(LIKES, key)
            if found is not None:
                return _receipt(found)
            cid = native.get("cid") or self._shown(external_id).get("cid")
            if not cid:
                raise Refused("the post is not there any more")
            subject = {"uri": external_id, "cid": str(cid)}
            record = {"$type": LIKES, "subject": subject, "createdAt": _now()}
            return self._create(LIKES, key, record, {"subject": subject})

    # --- the write itself ---------------------------------------------------------------------

    def _create(self, collection: str, key: str, record: Json, same: Json) -> Receipt:
        did = self._session.did
        body = {"repo": did, "collection": collection, "rkey": key, "record": record}
        try:
            answer = self._session.post(CREATE, body)
        except Rejected as error:
            raise Refused(str(error)) from error
        except ServerFailed as error:
            # A key that is taken is answered with a server error, so look before worrying.
            return self._already_there(collection, key, same, error)
        return _receipt({**answer, "value": record})

    def _already_there(self, collection: str, key: str, same: Json, error: Unclear) -> Receipt:
        try:
            found = self._look(collection, key)
        except (ConnectorError, ValueError):
            raise error from None
        if found is None:
            raise error
        value = found.get("value")
        if not isinstance(value, dict) or any(value.get(name) != same[name] for name in same):
            raise Refused("another record has this key") from error
        return _receipt(found)

    def _look(self, collection: str, key: str) -> Json | None:
        query = {"repo": self._session.did, "collection": collection, "rkey": key}
        try:
            return self._session.get(GET, query)
        except Rejected as error:
            if error.name == "RecordNotFound":
                return None
            raise

    # --- what it answers ----------------------------------------------------------------------

    def _place(self, reply: OutboundReply) -> tuple[Ref, Ref]:
        """Parent and root of a reply, from the network when it answers, else from what we hold."""
        view: Json = {}
        try:
            view = self._shown(reply.target_id)
            if not view and is_gone(self._session, reply.target_id):
                raise Refused("the post was deleted by its author")
        except (Refused, RateLimited, SessionLost):
            raise
        except ConnectorError:
            if not reply.target_native.get("cid"):
                raise
        _refuse_if_closed(view)
        parent = {"uri": reply.target_id, "cid": _cid(view, reply.target_native)}
        return parent, _root(view, reply, parent)

    def _shown(self, uri: str) -> Json:
        """The post as the AppView shows it to us; empty when it does not."""
        answer = self._session.get("app.bsky.feed.getPosts", {"uris": [uri]}, LOOK_SECONDS)
        return next((view for view in objects(answer, "posts") if view.get("uri") == uri), {})

    def _resolve(self, handle: str) -> str | None:
        query = {"handle": handle.lower()}
        try:
            answer = self._session.get("com.atproto.identity.resolveHandle", query, LOOK_SECONDS)
        except Rejected:
            return None
        did = answer.get("did")
        return did if isinstance(did, str) else None

    def _own(self, external_id: str) -> AtUri:
        try:
            uri = AtUri.read(external_id)
        except ValueError as error:
            raise Refused(str(error)) from error
        if uri.repo != self._session.did:
            raise Refused("only our own posts can be taken back")
        return uri


def _refuse_if_closed(view: Json) -> None:
    viewer = view.get("viewer")
    viewer = viewer if isinstance(viewer, dict) else {}
    if viewer.get("replyDisabled"):
        raise Refused("the author allows replies only from some people")
    author = view.get("author")
    relation = author.get("viewer") if isinstance(author, dict) else None
    if isinstance(relation, dict) and (relation.get("blockedBy") or relation.get("blocking")):
        raise Refused("the author and our account block each other")


def _cid(view: Json, native: Mapping[str, str]) -> str:
    cid = view.get("cid") or native.get("cid")
    if not cid:
        raise Refused("the post is not there any more")
    return str(cid)


def _root(view: Json, reply: OutboundReply, parent: Ref) -> Ref:
    """The root the answered post itself names; a post that answers nobody is the root."""
    record: Any = view.get("record")
    if isinstance(record, dict):
        place = record.get("reply")
        root = place.get("root") if isinstance(place, dict) else None
        if isinstance(root, dict) and root.get("uri") and root.get("cid"):
            return {"uri": str(root["uri"]), "cid": str(root["cid"])}
        return parent
    cid = reply.target_native.get("root_cid") or reply.root_native.get("cid")
    if reply.root_id == reply.target_id or not cid:
        return parent
    return {"uri": reply.root_id, "cid": cid}


def _receipt(found: Json) -> Receipt:
    try:
        uri = AtUri.read(found["uri"])
        cid = str(found["cid"])
    except (KeyError, ValueError) as error:
        raise Unclear(f"the answer names no record: {error}") from error
    value = found.get("value")
    written = moment(value.get("createdAt")) if isinstance(value, dict) else None
    url = post_page(uri) if uri.collection == POSTS else ""
    return Receipt(str(uri), url, written, {"cid": cid})


def _now() -> str:
    return clock.now().astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
