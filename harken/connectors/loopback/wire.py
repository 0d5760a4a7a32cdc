"""What travels over the loopback network's HTTP API, as JSON. Times are RFC 3339 with a zone."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

import msgspec

AwareTime = Annotated[datetime, msgspec.Meta(tz=True)]
Id = Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=r"\A[^\x00]+\Z")]


class Face(msgspec.Struct, frozen=True):
    """Who wrote a post, as the public sees them."""

    id: Id
    handle: Id
    name: str = ""
    avatar: str = ""
    followers: Annotated[int, msgspec.Meta(ge=0, lt=2**31)] | None = None


class Picture(msgspec.Struct, frozen=True):
    """A picture of a post with its author's description."""

    url: str
    alt: str = ""
    thumb: str = ""


class Quote(msgspec.Struct, frozen=True):
    """The post inside a quote post, as it was when quoted."""

    id: Id
    author: Face
    text: str


class Post(msgspec.Struct, frozen=True, omit_defaults=True):
    """One version of one post; `version` counts the author's edits.

    `changed` is the time of the last edit or deletion. A deleted post keeps its place in the
    tree and loses its text and pictures.
    """

    id: Id
    author: Face
    text: str
    at: AwareTime
    root: Id
    parent: Id | None = None
    quoted: Quote | None = None
    images: tuple[Picture, ...] = ()
    lang: str = ""
    version: Annotated[int, msgspec.Meta(ge=0, lt=10**8)] = 0
    changed: AwareTime | None = None
    deleted: bool = False


Kind = Literal["post", "edit", "delete"]


class Event(msgspec.Struct, frozen=True, omit_defaults=True):
    """Something that happened to a post, as told to one account.

    `ancestors` are the posts above a new post, oldest first.
    """

    seq: int
    kind: Kind
    post: Post
    why: str = "mention"
    ancestors: tuple[Post, ...] = ()


class EventPage(msgspec.Struct, frozen=True):
    """What one read of the events returns; `cursor` goes into the next read as `after`."""

    events: tuple[Event, ...]
    cursor: int
    more: bool = False


class FirehosePage(msgspec.Struct, frozen=True):
    """Posts of everybody in order of writing; `cursor` goes into the next read as `after`."""

    posts: tuple[Post, ...]
    cursor: int


class RawEventPage(msgspec.Struct, frozen=True):
    """An `EventPage` whose events are left undecoded, so that one bad item spoils no other."""

    events: tuple[msgspec.Raw, ...]
    cursor: int
    more: bool = False


class NewPost(msgspec.Struct, frozen=True, omit_defaults=True):
    """A post to be written.

    `id`, `root` and `at` are for replaying recorded posts: writing an id that exists changes
    nothing, `root` names the tree when the parent is not at the network, `at` is the time shown.
    """

    text: str
    reply_to: Id | None = None
    quote: Id | None = None
    images: tuple[Picture, ...] = ()
    lang: str = ""
    id: str = ""
    root: str = ""
    at: AwareTime | None = None


class Person(msgspec.Struct, frozen=True, omit_defaults=True):
    """An account to be opened, or looked up by its handle when it is there already."""

    handle: Id
    name: str = ""
    followers: int | None = None
    avatar: str = ""


class PublicWrite(msgspec.Struct, frozen=True):
    """A customer's post: who writes, and what."""

    author: Person
    post: NewPost


class Login(msgspec.Struct, frozen=True):
    """What an account logs in with."""

    handle: str
    password: str


class Session(msgspec.Struct, frozen=True):
    """A login that succeeded; `token` goes into the Authorization header."""

    token: str
    account: Face


class Like(msgspec.Struct, frozen=True):
    """One account's like of one post; `key` was chosen by the one who likes."""

    key: str
    post: str
    at: AwareTime


class Record(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a client's own key stands for at the network: a post or a like."""

    key: str
    post: Post | None = None
    like: Like | None = None


class Trees(msgspec.Struct, frozen=True):
    """Whole public trees, each in the order in which it was written."""

    trees: tuple[tuple[Post, ...], ...]
