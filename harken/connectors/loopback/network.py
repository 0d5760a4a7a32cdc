"""The loopback network itself: accounts, posts, likes and one log of events, in memory.

It behaves as a public social network does, without its scale: posts stand in trees, authors edit
and delete them, an account is told what concerns it. Everything is thread-safe. Given a path, the
network writes each change to that file and finds everything again at the next start.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from harken.connectors.loopback.faults import Faults
from harken.connectors.loopback.feed import Reader, Surroundings, why
from harken.connectors.loopback.locks import lock_with, opens
from harken.connectors.loopback.oplog import Changed, Liked, Opened, Operation, OperationLog, Wrote
from harken.connectors.loopback.state import Happening, State
from harken.connectors.loopback.wire import (
    Event,
    EventPage,
    Face,
    FirehosePage,
    Like,
    NewPost,
    Person,
    Post,
    Quote,
    Record,
    Session,
)
from harken.kit import clock

if TYPE_CHECKING:
    from harken.connectors.loopback.server import Server

PAGE_LIMIT = 500
SCAN_LIMIT = 5_000  # events looked at for one page, so that a quiet account's read stays short
RECENT = timedelta(hours=24)


class NotThere(Exception):
    """No such post, account or record."""


class Gone(Exception):
    """The post was there and its author deleted it."""


class NotAllowed(Exception):
    """The account may not do that."""


class Denied(Exception):
    """Wrong handle or password, or the login was blocked."""


class LoopbackNetwork:
    """A public social network in one object; `server.Server` puts it on HTTP.

    `path`: a file to keep everything in (JSON lines); None keeps nothing. `seed`: of the faults.
    """

    def __init__(self, path: Path | None = None, *, seed: int = 1) -> None:
        self.faults = Faults(seed=seed)
        self.server: Server | None = None
        self._lock = threading.RLock()
        self._tokens: dict[str, str] = {}  # token -> handle; a restart ends all sessions
        self._state = State()
        self._log = OperationLog(path)
        for operation in self._log:
            self._state.apply(operation)

    @classmethod
    @contextmanager
    def serve(cls, path: Path | None = None, *, port: int = 0) -> Iterator[LoopbackNetwork]:
        """A network served on 127.0.0.1 for the length of a `with` block; its address is `url`."""
        from harken.connectors.loopback.server import Server  # the server needs this module

        network = cls(path)
        server = Server(network, port)
        server.start()
        try:
            yield network
        finally:
            server.stop()
            network.close()

    @property
    def url(self) -> str:
        """Base URL of the server that serves this network. Raises RuntimeError without one."""
        if self.server is None:
            raise RuntimeError("this network is not served")
        return self.server.url

    def close(self) -> None:
        """Close the file; the network is not to be used after it."""
        with self._lock:
            self._log.close()

    def _do(self, operation: Operation) -> None:
        self._state.apply(operation)
        self._log.append(operation)

    # --- accounts ---------------------------------------------------------------------------

    def open_account(
        self, person: Person, *, password: str = "", everything: bool | None = None
    ) -> Face:
        """Open an account, or change the details and password of the one with this handle.

        `everything`: its events are all posts of the network, which a replay needs; None leaves
        it as it is.
        """
        with self._lock:
            member = self._state.members.get(person.handle.lower())
            number = member.face.id if member else f"u{len(self._state.members) + 1:06d}"
            face = Face(number, person.handle, person.name, person.avatar, person.followers)
            lock = lock_with(password) if password else (member.lock if member else "")
            if everything is None:
                everything = member is not None and member.everything
            self._do(Opened(face, lock, everything))
            return face

    def person(self, person: Person) -> Face:
        """The account with this handle, opened if it is new."""
        with self._lock:
            member = self._state.members.get(person.handle.lower())
            return member.face if member else self.open_account(person)

    def log_in(self, handle: str, password: str) -> Session:
        """Start a session. Raises `Denied`."""
        with self._lock:
            member = self._state.members.get(handle.lower().lstrip("@"))
            if member is None or member.blocked or not opens(password, member.lock):
                raise Denied
            token = secrets.token_urlsafe(24)
            self._tokens[token] = member.face.handle.lower()
            return Session(token, member.face)

    def whose(self, token: str) -> Face | None:
        """The account a session token belongs to."""
        with self._lock:
            handle = self._tokens.get(token)
            return self._state.members[handle].face if handle else None

    def revoke(self, handle: str, *, block_login: bool = False) -> None:
        """End all sessions of an account; with `block_login` its password works no more either.

        `open_account` with a password lets it in again. Raises `NotThere`.
        """
        with self._lock:
            lower = handle.lower()
            member = self._state.members.get(lower)
            if member is None:
                raise NotThere
            self._tokens = {token: who for token, who in self._tokens.items() if who != lower}
            if block_login:
                self._do(Opened(member.face, member.lock, member.everything, blocked=True))

    # --- writing ----------------------------------------------------------------------------

    def write(self, author: Face, new: NewPost, key: str = "") -> Post:
        """Write a post. The same `key` (or `new.id`) again returns the post that is there.

        Raises `NotThere` or `Gone` for the post answered or quoted, `NotAllowed` for the id of
        another account's post.
        """
        with self._lock:
            identifier = new.id or (f"k-{key}" if key else f"p{len(self._state.posts) + 1:07d}")
            there = self._state.posts.get(identifier)
            if there is not None:
                if there.author.id != author.id:
                    raise NotAllowed
                return there
            post = Post(
                identifier,
                author,
                new.text,
                new.at or clock.now(),
                self._root_for(identifier, new),
                parent=new.reply_to,
                quoted=self._quote(new.quote) if new.quote else None,
                images=new.images,
                lang=new.lang,
            )
            self._do(Wrote(post, clock.now(), key))
            return post

    def edit(self, author: Face, post_id: str, text: str) -> Post:
        """Change one's own post. Raises `NotThere`, `Gone`, `NotAllowed`."""
        with self._lock:
            post = self._own(author, post_id)
            moment = clock.now()
            changed = msgspec.structs.replace(
                post, text=text, version=post.version + 1, changed=moment
            )
            self._do(Changed(changed, moment))
            return changed

    def delete(self, author: Face, post_id: str) -> None:
        """Take one's own post back. Raises `NotThere`, `Gone`, `NotAllowed`."""
        with self._lock:
            post = self._own(author, post_id)
            moment = clock.now()
            tombstone = msgspec.structs.replace(
                post,
                text="",
                images=(),
                version=post.version + 1,
                changed=moment,
                deleted=True,
            )
            self._do(Changed(tombstone, moment))

    def like(self, account: Face, post_id: str, key: str) -> Like:
        """Like a post once, whatever the keys. Raises `NotThere`, `Gone`."""
        with self._lock:
            there = self._state.likes.get((account.id, post_id))
            if there is not None:
                return there
            self._standing(post_id)
            like = Like(key, post_id, clock.now())
            self._do(Liked(account.id, like))
            return like

    # --- reading ----------------------------------------------------------------------------

    def post(self, post_id: str) -> Post:
        """A post as it is now, also a deleted one's tombstone. Raises `NotThere`."""
        with self._lock:
            if post_id not in self._state.posts:
                raise NotThere
            return self._state.posts[post_id]

    def posts(self) -> list[Post]:
        """All posts as they are now, in order of writing."""
        with self._lock:
            return list(self._state.posts.values())

    def posts_of(self, handle: str) -> list[Post]:
        """All posts of one account as they are now, newest first."""
        lower = handle.lower()
        return [post for post in reversed(self.posts()) if post.author.handle.lower() == lower]

    def likes_of(self, post_id: str) -> int:
        """How many accounts like a post."""
        with self._lock:
            return sum(liked == post_id for _, liked in self._state.likes)

    def tree(self, root_id: str) -> tuple[Post, ...]:
        """All posts of a public tree in order of writing. Raises `NotThere`."""
        with self._lock:
            tree = self._state.trees.get(root_id)
            if tree is None:
                raise NotThere
            return tuple(self._state.posts[post_id] for post_id in tree.posts)

    def record(self, account: Face, key: str) -> Record:
        """What the account's own key stands for, also when deleted since. Raises `NotThere`."""
        with self._lock:
            record = self._state.records.get((account.id, key))
            if record is None:
                raise NotThere
            if record.post is None:
                return record
            return Record(key, self.post(record.post.id))

    def events(
        self, account: Face, after: int | None, limit: int, terms: Sequence[str] = ()
    ) -> EventPage:
        """What concerns the account after seq `after` (None or in the future: the last 24 hours).

        Returns at most `limit` events (and 500), from at most 5,000 looked at.
        """
        with self._lock:
            state = self._state
            member = state.members[account.handle.lower()]
            reader = Reader(account.id, account.handle.lower(), member.everything, tuple(terms))
            if after is None or not 0 <= after <= len(state.happenings):
                after = state.seq_at(clock.now() - RECENT)
            seq = after
            found: list[Event] = []
            for happening in state.happenings[seq : seq + SCAN_LIMIT]:
                seq += 1
                event = self._told(reader, seq, happening)
                if event is not None:
                    found.append(event)
                    if len(found) == min(limit, PAGE_LIMIT):
                        break
            return EventPage(tuple(found), seq, more=seq < len(state.happenings))

    def firehose(self, after: int | None, limit: int) -> FirehosePage:
        """Posts of everybody after seq `after`, at most `limit` (and 500); None: what comes next.

        What its author took back is left out. A seq of the future is one of another network.
        """
        with self._lock:
            happenings = self._state.happenings
            if after is None:
                return FirehosePage((), len(happenings))
            start = after if 0 <= after <= len(happenings) else 0
            looked = happenings[start : start + min(limit, PAGE_LIMIT)]
            posts = [each.post for each in looked if each.kind == "post"]
            standing = [post for post in posts if not self._state.posts[post.id].deleted]
            return FirehosePage(tuple(standing), start + len(looked))

    def _told(self, reader: Reader, seq: int, happening: Happening) -> Event | None:
        post = happening.post
        texts = [post.text, *self._state.earlier_texts.get(post.id, ())]
        above = self._state.above(post)
        root = self._state.posts.get(post.root)
        above_it = {each.author.id for each in (above, root) if each and each.id != post.id}
        around = Surroundings(above_it, self._state.trees[post.root])
        reason = why(reader, texts, post, around)
        if reason is None:
            return None
        ancestors = self._state.ancestors(post) if happening.kind == "post" else ()
        return Event(seq, happening.kind, post, reason, ancestors)

    # --- checks -----------------------------------------------------------------------------

    def _standing(self, post_id: str) -> Post:
        post = self.post(post_id)
        if post.deleted:
            raise Gone
        return post

    def _own(self, author: Face, post_id: str) -> Post:
        post = self._standing(post_id)
        if post.author.id != author.id:
            raise NotAllowed
        return post

    def _root_for(self, identifier: str, new: NewPost) -> str:
        if new.reply_to is None:
            return identifier
        if new.root and new.reply_to not in self._state.posts:
            return new.root
        return self._standing(new.reply_to).root

    def _quote(self, post_id: str) -> Quote:
        quoted = self._standing(post_id)
        return Quote(quoted.id, quoted.author, quoted.text)
