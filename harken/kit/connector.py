"""The port every network connector implements: plain data in, plain data out.

A connector knows one network and nothing else: no Django, no database, no other network.
It is synchronous and is called from the listen and worker processes, never from a web request
(except `length` and `preview`, which are pure). All times are timezone-aware UTC.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable

# --- errors, a family tree ------------------------------------------------------------------


class ConnectorError(Exception):
    """A network call failed.

    `permanent`: the network said no and would say no again; do not retry.
    `retry_after`: seconds to wait before the next call, when the network named them.
    `applied`: False = certainly not applied at the network; None = unknown (ambiguous: look
    with `find` before anything is repeated).
    """

    def __init__(
        self,
        message: str,
        *,
        permanent: bool = False,
        retry_after: float | None = None,
        applied: bool | None = False,
    ) -> None:
        super().__init__(message)
        self.permanent = permanent
        self.retry_after = retry_after
        self.applied = applied


class SessionLost(ConnectorError):
    """The account's login was revoked or expired for good; a person must connect it again.

    Sends are held (not failed) until then; nothing was applied.
    """


class RateLimited(ConnectorError):
    """The network asked to wait; `retry_after` says how long. Nothing was applied."""


class Unclear(ConnectorError):
    """The request may or may not have been applied (time-out, reset after write, 5xx)."""

    def __init__(self, message: str) -> None:
        super().__init__(message, applied=None)


class Refused(ConnectorError):
    """The network refused this content or target for good (too long, deleted post, blocked)."""

    def __init__(self, message: str) -> None:
        super().__init__(message, permanent=True)


class Unreadable(Exception):
    """`parse` could not make sense of a raw item; it goes to quarantine, the channel goes on."""


# --- what comes in --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Author:
    """Who wrote a post, as the network names them. `external_id` never changes (DID, id)."""

    external_id: str
    handle: str
    display_name: str = ""
    avatar_url: str = ""
    followers: int | None = None
    profile_url: str = ""


@dataclass(frozen=True, slots=True)
class Image:
    """A picture of a post. `alt` is the author's description, shown to agents."""

    url: str
    alt: str = ""
    thumb_url: str = ""


class Why(StrEnum):
    """Why a post reached us; decides nothing, is shown to the agent and counted."""

    MENTION = "mention"
    REPLY = "reply"
    QUOTE = "quote"
    SEARCH = "search"  # found by a hashtag or word we listen for: nobody called us
    THREAD = "thread"  # a follow-up in a conversation we already have
    OWN = "own"  # written by our own account outside Harken


@dataclass(frozen=True, slots=True)
class InboundPost:
    """One public post. `root_id` names the public tree (its own id when it starts one).

    `ancestors` are the public posts above it, oldest first, as far as the connector read them;
    they are shown as context and are not conversations. `version` orders edits: a larger string
    is newer (compare as text, so use a fixed-width time or counter). `links` are whole addresses of
    pages the post leads to, also where its text shortens or hides them.
    """

    external_id: str
    author: Author
    text: str
    sent_at: datetime
    root_id: str
    parent_id: str | None = None
    why: Why = Why.MENTION
    by_us: bool = False
    lang: str = ""
    url: str = ""
    images: tuple[Image, ...] = ()
    links: tuple[str, ...] = ()
    quoted: QuotedPost | None = None
    ancestors: tuple[ContextPost, ...] = ()
    version: str = ""
    native: Mapping[str, str] = field(default_factory=dict)  # what a reply needs back, e.g. cid


@dataclass(frozen=True, slots=True)
class ContextPost:
    """A public post shown above a conversation, not answerable on its own."""

    external_id: str
    author: Author
    text: str
    sent_at: datetime
    parent_id: str | None = None
    by_us: bool = False
    url: str = ""
    images: tuple[Image, ...] = ()


@dataclass(frozen=True, slots=True)
class QuotedPost:
    """The post that a quote post carries inside it."""

    external_id: str
    author: Author
    text: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class PostEdited:
    """The author changed a post at the network. Applied only if `version` is newer."""

    external_id: str
    text: str
    edited_at: datetime
    version: str
    images: tuple[Image, ...] = ()


@dataclass(frozen=True, slots=True)
class PostDeleted:
    """The author took a post back. Also blocks a later, late-delivered create of it."""

    external_id: str
    deleted_at: datetime


Inbound = InboundPost | PostEdited | PostDeleted


@dataclass(frozen=True, slots=True)
class Page:
    """What one read returned: raw items (each parsed apart, kept as bytes) and the next cursor.

    `more`: True when another read at once would return more (catching up).
    """

    items: tuple[bytes, ...]
    cursor: str
    more: bool = False


@dataclass(frozen=True, slots=True)
class Followed:
    """A public tree we have an open conversation in, given to `recheck`."""

    root_id: str
    external_ids: tuple[str, ...]  # posts of it that we store, newest last


# --- what goes out --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OutboundReply:
    """A human's answer. `key` was chosen by `new_key` and stored before the first attempt.

    `target_native` and `root_native` are the `native` values of the answered post and of the
    root of its tree, as they came in.
    """

    key: str
    text: str
    target_id: str
    root_id: str
    target_native: Mapping[str, str] = field(default_factory=dict)
    root_native: Mapping[str, str] = field(default_factory=dict)
    langs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Receipt:
    """The network's word that a write is there."""

    external_id: str
    url: str = ""
    sent_at: datetime | None = None
    native: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Length:
    """How long the network counts a text. `unit` is a plural word for people."""

    used: int
    limit: int
    unit: str = "characters"

    @property
    def left(self) -> int:
        """Units that still fit; negative when too long."""
        return self.limit - self.used


class SpanKind(StrEnum):
    """How the network will render a stretch of text."""

    TEXT = "text"
    LINK = "link"
    MENTION = "mention"
    TAG = "tag"


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the preview; joined together the spans are the text the public sees."""

    kind: SpanKind
    text: str
    target: str = ""


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What this network can do; nothing above ever asks which network it is.

    `settle_seconds`: longest time the network may still apply a request that timed out. It is
    larger than any request deadline, and an unclear send is looked for only after it.
    `can_find`: True when `find` gives a certain answer.
    `can_look_up`: True for a connector that is a `kit.look_up.LooksUp` as well.
    `recheck_trees`: trees that `recheck` may be given in ten seconds, by what they cost in calls.
    """

    can_reply: bool = True
    can_delete: bool = False
    can_like: bool = False
    can_search: bool = False
    can_edit: bool = False
    can_find: bool = True
    can_look_up: bool = False
    length_limit: int = 500
    length_unit: str = "characters"
    poll_seconds: float = 2.0
    recheck_trees: int = 20
    settle_seconds: float = 60.0


@dataclass(frozen=True, slots=True)
class Identity:
    """The connected account as the network knows it."""

    external_id: str
    handle: str
    display_name: str = ""
    avatar_url: str = ""


# --- what a connector is given --------------------------------------------------------------


class Secrets(Protocol):
    """The account's stored login; a connector saves refreshed tokens through it at once."""

    def load(self) -> dict[str, str]:
        """All secret values of this account."""
        ...

    def save(self, values: Mapping[str, str]) -> None:
        """Replace the stored values; durable when it returns."""
        ...


@dataclass(frozen=True, slots=True)
class Account:
    """The connected account a connector works for.

    `service` is the base URL of its server. `listen_for` are hashtags (with #) and words.
    """

    external_id: str
    handle: str
    service: str
    listen_for: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Field:
    """One thing the connect form asks for."""

    name: str
    label: str
    help: str = ""
    secret: bool = False
    default: str = ""


@runtime_checkable
class Connector(Protocol):
    """One network, for one account. See `kit.connector_contract` for what it must hold."""

    network: str  # short id used in tables and URLs: "bluesky"
    label: str  # for people: "Bluesky"
    letter: str  # the badge on a face: "B"
    fields: tuple[Field, ...]  # what the connect form asks: service, handle, app password ...
    capabilities: Capabilities

    def __init__(self, account: Account, secrets: Secrets) -> None:
        """Make a connector; no network call happens here."""
        ...

    def identify(self) -> Identity:
        """Log in with the stored secrets and say who we are. Raises `SessionLost`."""
        ...

    def read(self, cursor: str | None) -> Page:
        """Read what came after `cursor` (None: the recent past). May return items again."""
        ...

    def parse(self, raw: bytes) -> Sequence[Inbound]:
        """Make posts, edits and deletions of one raw item; pure. Raises `Unreadable`."""
        ...

    def recheck(self, trees: Sequence[Followed]) -> tuple[bytes, ...]:
        """Read followed trees again; raw items for follow-ups, edits and deletions found."""
        ...

    def length(self, text: str) -> Length:
        """How the network counts `text`; pure."""
        ...

    def preview(self, text: str) -> Sequence[Span]:
        """How the network will render `text`; pure."""
        ...

    def new_key(self) -> str:
        """A fresh record key for one send, stored before the first attempt; pure."""
        ...

    def send(self, reply: OutboundReply) -> Receipt:
        """Post one answer within 20 s. Raises `Refused`, `RateLimited`, `SessionLost`, `Unclear`.

        Calling it twice with the same key never posts twice where `can_find` is True.
        """
        ...

    def find(self, key: str) -> Receipt | None:
        """Was the write with this key applied? None: it certainly was not."""
        ...

    def delete(self, external_id: str) -> None:
        """Take one of our own posts back; done already is success."""
        ...

    def like(self, external_id: str, native: Mapping[str, str], key: str) -> Receipt:
        """Like a post; the same key twice likes once."""
        ...
