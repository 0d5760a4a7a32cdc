"""The reference network as the contract test wants it; see `kit.connector_contract.World`."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import struct
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager

from harken.connectors.bluesky import BlueskyConnector
from harken.kit import clock
from harken.kit.connector import Account
from tests.servers.atproto.network import AtprotoNetwork, unique
from tests.servers.atproto.people import Ref, wait_for

JWT_SECRET = b"jwt-secret"  # of the toy network, set by @atproto/dev-env


class Purse:
    """Secrets in memory, with a count of how often they were saved."""

    def __init__(self, **values: str) -> None:
        self.values = dict(values)
        self.saves = 0

    def load(self) -> dict[str, str]:
        return dict(self.values)

    def save(self, values: Mapping[str, str]) -> None:
        self.values = dict(values)
        self.saves += 1


class BlueskyWorld:
    """Our account, two customers and the line between us and the network."""

    patience = 15.0

    def __init__(self, network: AtprotoNetwork) -> None:
        self.network = network
        self.tag = "#" + unique("late").replace("-", "")
        self.ours = network.person(unique("bluebird"))
        self.customer = network.person(unique("ana"))
        self.other = network.person(unique("ben"))
        self.us = self.ours.did
        self.purse = Purse(app_password=self.ours.app_password())
        self.refs: dict[str, Ref] = {}

    def connector(self, *listen_for: str) -> BlueskyConnector:
        return BlueskyConnector(self.account(*listen_for), self.purse)

    def account(self, *listen_for: str) -> Account:
        return Account(self.us, self.ours.handle, self.network.service, listen_for)

    def mention(self, text: str) -> str:
        return self.known(self.customer.post(f"@{self.ours.handle} {text}"))

    def post(self, text: str) -> str:
        return self.known(self.customer.post(text))

    def our_post(self, text: str) -> str:
        return self.known(self.ours.post(text))

    def reply(self, to: str, text: str) -> str:
        self.shown(to)
        return self.known(self.other.reply(self.refs[to], text))

    def quote(self, what: str, text: str) -> str:
        self.shown(what)
        return self.known(self.customer.quote(self.refs[what], text))

    def picture(self, text: str, alt: str) -> str:
        return self.known(self.customer.post_image(f"@{self.ours.handle} {text}", png(), alt))

    def blown_up(self, padding: str) -> str:
        """A mention whose record carries `padding`, JSON text, in a field of its own."""
        call = f"@{self.ours.handle}"
        feature = {"$type": "app.bsky.richtext.facet#mention", "did": self.us}
        record = {
            "$type": "app.bsky.feed.post",
            "text": f"{call} blown up",
            "createdAt": clock.now().isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "facets": [{"index": {"byteStart": 0, "byteEnd": len(call)}, "features": [feature]}],
            "padding": "PADDING",
        }
        body = {"repo": self.customer.did, "collection": "app.bsky.feed.post", "record": record}
        raw = json.dumps(body).replace('"PADDING"', padding)
        return self.known(self.customer.post_raw(raw))

    def edit(self, external_id: str, text: str) -> None:
        raise NotImplementedError("Bluesky has no edits")

    def delete(self, external_id: str) -> None:
        owner = external_id.split("/")[2]
        people = {person.did: person for person in (self.ours, self.customer, self.other)}
        people[owner].delete(self.refs[external_id])

    def answers(self, external_id: str) -> Sequence[str]:
        return [text for _, text in self.other.replies_to(external_id)]

    def likes(self, external_id: str) -> int:
        return len(self.other.likes_of(external_id))

    def lost_answers(self) -> AbstractContextManager[object]:
        return self.network.relay.fault("createRecord", lose=True)

    def server_errors(self) -> AbstractContextManager[object]:
        return self.network.relay.fault("/xrpc/", status=503)

    def unreachable(self) -> AbstractContextManager[object]:
        return self.network.relay.down()

    def rate_limit(self, seconds: int) -> AbstractContextManager[object]:
        body = b'{"error":"RateLimitExceeded","message":"Rate Limit Exceeded"}'
        headers = {"retry-after": str(seconds)}
        return self.network.relay.fault("/xrpc/", status=429, body=body, headers=headers)

    @contextmanager
    def revoked(self) -> Iterator[None]:
        """The app password is withdrawn, and two hours pass: access tokens have expired."""
        self.ours.revoke_app_password()
        self.network.relay.token = expired_token(self.us)
        try:
            yield
        finally:
            self.network.relay.token = ""
            self.purse.save({"app_password": self.ours.app_password()})

    def shown(self, external_id: str) -> None:
        """Wait until everybody sees a post: as people do, who answer only what they have read.

        The AppView indexes accounts side by side, and tells nobody of a reply that it meets
        before the post it answers.
        """
        posts = self.other.client.app.bsky.feed.get_posts
        wait_for(lambda: posts({"uris": [external_id]}).posts, f"{external_id} is shown")

    def known(self, ref: Ref) -> str:
        self.refs[ref.uri] = ref
        return ref.uri


def expired_token(did: str) -> str:
    """An access token of the toy network that ran out an hour ago, rightly signed."""
    now = int(clock.now().timestamp())
    claims = {"scope": "com.atproto.appPass", "aud": "did:web:localhost", "sub": did}
    claims |= {"iat": now - 10_800, "exp": now - 3_600}  # type: ignore[dict-item]
    parts = [
        _b64(json.dumps(part).encode()) for part in ({"typ": "at+jwt", "alg": "HS256"}, claims)
    ]
    signature = hmac.new(JWT_SECRET, ".".join(parts).encode(), hashlib.sha256).digest()
    return ".".join([*parts, _b64(signature)])


def png() -> bytes:
    """A picture of one grey dot."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    data = zlib.compress(b"\x00\x80")
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")
    )


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
