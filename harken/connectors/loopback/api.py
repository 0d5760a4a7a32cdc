"""The loopback network's HTTP API without the HTTP: a request in, an answer out.

The account's side (needs `Authorization: Bearer TOKEN` from POST /session):
  GET /events?after=SEQ&limit=N&q=TERM    GET /record/KEY    PUT /record/KEY    PUT /like/KEY
  DELETE /post/ID    GET /account
Everybody's side:
  POST /session    GET /post/ID    GET /thread/ROOT    GET /threads?root=A&root=B
  GET /firehose?after=SEQ&limit=N (without `after`: only where it ends now)
Customers' side (who writes is taken at their word, it is a network of invented people):
  POST /post    POST /posts (many)    PATCH /post/ID    POST /post/ID/delete
The switches:
  GET and PUT /admin/faults    PUT /admin/account    POST /admin/revoke
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import msgspec

from harken.connectors.loopback.faults import Fault
from harken.connectors.loopback.network import (
    Denied,
    Gone,
    LoopbackNetwork,
    NotAllowed,
    NotThere,
)
from harken.connectors.loopback.text import LENGTH_LIMIT, length
from harken.connectors.loopback.wire import (
    EventPage,
    Face,
    Like,
    Login,
    NewPost,
    Person,
    Post,
    PublicWrite,
    Record,
    Trees,
)

TREES_PER_REQUEST = 50
Body = TypeVar("Body")


@dataclass(frozen=True, slots=True)
class Request:
    """One request as the API sees it."""

    method: str
    path: tuple[str, ...]
    query: dict[str, list[str]] = field(default_factory=dict)
    token: str = ""
    body: bytes = b""

    def read(self, kind: type[Body]) -> Body:
        """The JSON body. Raises `msgspec.DecodeError`."""
        return msgspec.json.decode(self.body, type=kind)


@dataclass(frozen=True, slots=True)
class Answer:
    """What to answer; `applied_later` runs seconds after it, `silent` closes without a word."""

    status: int = 200
    value: Any = None
    retry_after: float | None = None
    silent: bool = False
    applied_later: Callable[[], object] | None = None


class LikeOf(msgspec.Struct, frozen=True):
    """Body of PUT /like/KEY."""

    post: str


class Edit(msgspec.Struct, frozen=True):
    """Body of PATCH /post/ID and POST /post/ID/delete: the author, and the new text."""

    handle: str
    text: str = ""


class AccountSettings(msgspec.Struct, frozen=True):
    """Body of PUT /admin/account."""

    person: Person
    password: str
    everything: bool | None = None


class Revocation(msgspec.Struct, frozen=True):
    """Body of POST /admin/revoke."""

    handle: str
    block_login: bool = False


class Unauthorised(Exception):
    """The request carries no living session."""


class TooLong(Exception):
    """The text is longer than the network allows."""


class Api:
    """Answers requests from one network."""

    def __init__(self, network: LoopbackNetwork) -> None:
        self._network = network

    def answer(self, request: Request) -> Answer:
        """Answer one request; every error becomes a status."""
        try:
            return self._route(request)
        except (Unauthorised, Denied):
            return _refusal(401, "no living session")
        except NotAllowed:
            return _refusal(403, "not allowed")
        except NotThere:
            return _refusal(404, "not there")
        except Gone:
            return _refusal(410, "deleted by its author")
        except TooLong:
            return _refusal(422, f"longer than {LENGTH_LIMIT} characters")
        except (msgspec.DecodeError, ValueError) as error:
            return _refusal(400, f"unreadable request: {error}")

    def _route(self, request: Request) -> Answer:
        match request.method, *request.path:
            case "POST", "session":
                login = request.read(Login)
                return Answer(value=self._network.log_in(login.handle, login.password))
            case _, "admin", *rest:
                return self._admin(request, rest)
            case "GET", "firehose":
                return self._firehose(request.query)
            case ("GET", ("post" | "thread" | "threads"), *_) if not request.token:
                return self._public_read(request)
            case ("POST", ("post" | "posts"), *_) | ("PATCH", "post", _):
                return self._customer(request)
            case _:
                return self._account(request)

    # --- everybody ----------------------------------------------------------------------------

    def _public_read(self, request: Request) -> Answer:
        match request.path:
            case "post", post_id:
                return Answer(value=self._network.post(post_id))
            case "thread", root:
                return Answer(value=Trees((self._network.tree(root),)))
            case ("threads",):
                return Answer(value=self._trees(request.query.get("root", [])))
            case _:
                raise NotThere

    def _firehose(self, query: dict[str, list[str]]) -> Answer:
        faults = self._network.faults
        match faults.strike(write=False):
            case Fault.RATE_LIMIT:
                return Answer(429, retry_after=faults.switches.retry_after)
            case Fault.ERROR:
                return _refusal(500, "something broke")
        after = int(query["after"][0]) if "after" in query else None
        limit = int(query.get("limit", ["500"])[0])
        return Answer(value=self._network.firehose(after, limit))

    def _trees(self, roots: list[str]) -> Trees:
        trees = []
        for root in roots[:TREES_PER_REQUEST]:
            try:
                trees.append(self._network.tree(root))
            except NotThere:
                trees.append(())
        return Trees(tuple(trees))

    # --- customers ----------------------------------------------------------------------------

    def _customer(self, request: Request) -> Answer:
        match request.method, *request.path:
            case "POST", "post":
                return Answer(201, self._write(request.read(PublicWrite)))
            case "POST", "posts":
                written = [self._write(each) for each in request.read(list[PublicWrite])]
                return Answer(201, written)
            case "PATCH", "post", post_id:
                edit = request.read(Edit)
                author = self._network.person(Person(edit.handle))
                return Answer(value=self._network.edit(author, post_id, edit.text))
            case "POST", "post", post_id, "delete":
                author = self._network.person(Person(request.read(Edit).handle))
                self._network.delete(author, post_id)
                return Answer(204)
            case _:
                raise NotThere

    def _write(self, written: PublicWrite) -> Post:
        return self._network.write(self._network.person(written.author), written.post)

    # --- the account --------------------------------------------------------------------------

    def _account(self, request: Request) -> Answer:
        account = self._network.whose(request.token)
        if account is None:
            raise Unauthorised
        write = request.method != "GET"
        faults = self._network.faults
        match faults.strike(write=write):
            case Fault.RATE_LIMIT:
                return Answer(429, retry_after=faults.switches.retry_after)
            case Fault.ERROR:
                return _refusal(500, "something broke")
            case Fault.LOST_RESPONSE:
                self._do(account, request)
                return Answer(silent=True)
            case Fault.LATE:
                return Answer(
                    500, silent=faults.coin(), applied_later=lambda: self._do(account, request)
                )
        return self._do(account, request)

    def _do(self, account: Face, request: Request) -> Answer:
        match request.method, *request.path:
            case "GET", "account":
                return Answer(value=account)
            case "GET", "events":
                return Answer(value=self._events(account, request.query))
            case "GET", "record", key:
                return Answer(value=self._network.record(account, key))
            case "PUT", "record", key:
                return Answer(201, Record(key, self._write_as(account, key, request)))
            case "PUT", "like", key:
                like = self._network.like(account, request.read(LikeOf).post, key)
                return Answer(201, Record(key, like=Like(key, like.post, like.at)))
            case "DELETE", "post", post_id:
                self._network.delete(account, post_id)
                return Answer(204)
            case _:
                return self._public_read(request)

    def _write_as(self, account: Face, key: str, request: Request) -> Post:
        new = request.read(NewPost)
        if length(new.text) > LENGTH_LIMIT:
            raise TooLong
        # Only replayed posts bring their own id, time and tree.
        own = NewPost(new.text, new.reply_to, new.quote, new.images, new.lang)
        return self._network.write(account, own, key)

    def _events(self, account: Face, query: dict[str, list[str]]) -> EventPage:
        after = int(query["after"][0]) if "after" in query else None
        limit = int(query.get("limit", ["500"])[0])
        terms = query.get("q", [])
        page = self._network.events(account, after, limit, terms)
        switches = self._network.faults.switches
        if not switches.duplicate and not switches.shuffle:
            return page
        ahead = self._network.events(account, page.cursor, limit, terms)
        return self._network.faults.disturb(page, ahead)

    # --- the switches -------------------------------------------------------------------------

    def _admin(self, request: Request, rest: list[str]) -> Answer:
        faults = self._network.faults
        match request.method, *rest:
            case "GET", "faults":
                return Answer(value={"switches": faults.switches, "seen": dict(faults.seen)})
            case "PUT", "faults":
                faults.turn(request.read(dict[str, Any]))
                return Answer(value={"switches": faults.switches, "seen": dict(faults.seen)})
            case "PUT", "account":
                wanted = request.read(AccountSettings)
                face = self._network.open_account(
                    wanted.person, password=wanted.password, everything=wanted.everything
                )
                return Answer(value=face)
            case "POST", "revoke":
                revocation = request.read(Revocation)
                self._network.revoke(revocation.handle, block_login=revocation.block_login)
                return Answer(204)
            case _:
                raise NotThere


def _refusal(status: int, reason: str) -> Answer:
    return Answer(status, {"error": reason})
