"""People at the test network: customers who post, reply, quote, like, edit and delete.

They use the independent Python SDK, so that our own code never vouches for itself.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from atproto import Client, models
from atproto_client.exceptions import RequestErrorBase

T = TypeVar("T")
PASSWORD = "correct horse battery staple"


@dataclass(frozen=True)
class Ref:
    """A post at the network: its address, its content hash and where its tree starts."""

    uri: str
    cid: str
    root: Ref | None = None

    @property
    def rkey(self) -> str:
        return self.uri.rsplit("/", 1)[1]

    def strong(self) -> models.ComAtprotoRepoStrongRef.Main:
        return models.ComAtprotoRepoStrongRef.Main(uri=self.uri, cid=self.cid)


class Person:
    """One account, logged in."""

    def __init__(self, client: Client, did: str, handle: str) -> None:
        self.client = client
        self.did = did
        self.handle = handle

    @classmethod
    def create(cls, service: str, name: str, headers: Mapping[str, str] | None = None) -> Person:
        """Make the account `name`.test and wait until the AppView knows it."""
        client = Client(base_url=service)
        for key, value in (headers or {}).items():
            client.request.add_additional_header(key, value)
        handle = f"{name}.test"
        made = client.com.atproto.server.create_account(
            models.ComAtprotoServerCreateAccount.Data(
                email=f"{name}@example.org", handle=handle, password=PASSWORD
            )
        )
        wait_for(lambda: _login(client, handle), "the account is known to the AppView")
        return cls(client, made.did, handle)

    def app_password(self, name: str = "harken") -> str:
        """A fresh app password, as a user makes one in the settings of the Bluesky app."""
        made = self.client.com.atproto.server.create_app_password({"name": name})
        return str(made.password)

    def revoke_app_password(self, name: str = "harken") -> None:
        self.client.com.atproto.server.revoke_app_password({"name": name})

    def post(self, text: str, **record: Any) -> Ref:
        """A post of one's own. @handles, #tags and links become facets, as in the app."""
        made = self.client.app.bsky.feed.post.create(self.did, self._record(text, **record))
        return Ref(made.uri, made.cid)

    def post_raw(self, body: str) -> Ref:
        """Create a record from JSON text that no well-meaning client would send."""
        headers = {"Content-Type": "application/json"}
        nsid = "com.atproto.repo.createRecord"
        made = self.client.invoke_procedure(nsid, content=body.encode(), headers=headers).content
        return Ref(made["uri"], made["cid"])

    def reply(self, to: Ref, text: str, **record: Any) -> Ref:
        root = to.root or to
        ref = models.AppBskyFeedPost.ReplyRef(parent=to.strong(), root=root.strong())
        made = self.client.app.bsky.feed.post.create(
            self.did, self._record(text, reply=ref, **record)
        )
        return Ref(made.uri, made.cid, root)

    def quote(self, what: Ref, text: str) -> Ref:
        return self.post(text, embed=models.AppBskyEmbedRecord.Main(record=what.strong()))

    def post_image(self, text: str, image: bytes, alt: str) -> Ref:
        return self.post(text, embed=self._pictures(image, alt))

    def quote_with_image(self, what: Ref, text: str, image: bytes, alt: str) -> Ref:
        quoted = models.AppBskyEmbedRecord.Main(record=what.strong())
        media = self._pictures(image, alt)
        return self.post(
            text, embed=models.AppBskyEmbedRecordWithMedia.Main(record=quoted, media=media)
        )

    def call_oneself(self, name: str) -> None:
        """Set the display name."""
        profile = models.AppBskyActorProfile.Record(display_name=name)
        self.client.app.bsky.actor.profile.create(self.did, profile, rkey="self")

    def block(self, other: Person) -> None:
        block = models.AppBskyGraphBlock.Record(
            subject=other.did, created_at=self.client.get_current_time_iso()
        )
        self.client.app.bsky.graph.block.create(self.did, block)

    def close_replies(self, ref: Ref) -> None:
        """Let nobody reply to a post of one's own any more."""
        gate = models.AppBskyFeedThreadgate.Record(
            post=ref.uri, allow=[], created_at=self.client.get_current_time_iso()
        )
        self.client.app.bsky.feed.threadgate.create(self.did, gate, rkey=ref.rkey)

    def delete(self, ref: Ref) -> None:
        self.client.app.bsky.feed.post.delete(self.did, ref.rkey)

    def likes_of(self, uri: str) -> list[str]:
        """DIDs of everybody who likes the post, as the AppView counts them."""
        answer = self.client.app.bsky.feed.get_likes({"uri": uri})
        return [like.actor.did for like in answer.likes]

    def replies_to(self, uri: str) -> list[tuple[str, str]]:
        """(uri, text) of the direct replies, read by this person."""
        answer = self.client.app.bsky.feed.get_post_thread({"uri": uri, "depth": 1})
        replies = getattr(answer.thread, "replies", None) or []
        return [(r.post.uri, r.post.record.text) for r in replies]

    def record(self, uri: str) -> Any:
        """The stored record of a post, straight from the repository."""
        repo, collection, rkey = uri.removeprefix("at://").split("/")
        params = {"repo": repo, "collection": collection, "rkey": rkey}
        return self.client.com.atproto.repo.get_record(params).value

    def _pictures(self, image: bytes, alt: str) -> models.AppBskyEmbedImages.Main:
        blob = self.client.upload_blob(image).blob
        return models.AppBskyEmbedImages.Main(
            images=[models.AppBskyEmbedImages.Image(alt=alt, image=blob)]
        )

    def _record(self, text: str, **fields: Any) -> models.AppBskyFeedPost.Record:
        return models.AppBskyFeedPost.Record(
            text=text,
            facets=self.client.detect_facets(text) or None,
            created_at=fields.pop("created_at", self.client.get_current_time_iso()),
            langs=fields.pop("langs", ["en"]),
            **fields,
        )


def wait_for(what: Callable[[], T], reason: str, seconds: float = 90.0) -> T:
    """Ask again until `what()` is true; fail with `reason` after `seconds`."""
    end = time.monotonic() + seconds
    while True:
        if answer := what():
            return answer
        if time.monotonic() > end:
            raise AssertionError(f"waited {seconds:.0f} s in vain: {reason}")
        time.sleep(0.05)


def _login(client: Client, handle: str) -> bool:
    try:
        client.login(handle, PASSWORD)
    except RequestErrorBase as error:
        if re.search("Profile not found", str(error)):
            return False
        raise
    return True
