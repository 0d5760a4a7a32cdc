"""The login: an app password, traded for tokens that are renewed before anybody notices.

Secrets held: `app_password` (given by a person), `access`, `refresh`, `did` and `pds` (ours).
Access tokens live for about two hours. Several processes share one account, so new tokens are
saved at once, and tokens another process saved are taken over before we renew ourselves.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import urlsplit

from harken.connectors.bluesky.xrpc import (
    CALL_SECONDS,
    Json,
    Query,
    Rejected,
    TokenRefused,
    Xrpc,
)
from harken.kit import clock
from harken.kit.connector import Account, ConnectorError, Secrets, SessionLost, Unclear

# People type this name, but their account lives on another server, which the login names.
ENTRYWAYS = frozenset({"bsky.social"})
# An access token outlives the app password it came from by up to two hours; only a renewal shows
# that the password was revoked. A person is to know within a minute.
PROOF_SECONDS = 25.0


class Session:
    """Calls made as our account."""

    def __init__(self, account: Account, secrets: Secrets) -> None:
        self._account = account
        self._secrets = secrets
        self._values: dict[str, str] = {}
        self._servers: dict[str, Xrpc] = {}
        self._local = threading.local()
        self._proven_until = clock.monotonic() + PROOF_SECONDS

    @property
    def did(self) -> str:
        """Our account's DID. Raises `SessionLost` when nobody can log in any more."""
        if self._account.external_id.startswith("did:"):
            return self._account.external_id
        return self._tokens()["did"]

    def prove(self) -> None:
        """Now and then renew the tokens although they still work. Raises `SessionLost`.

        For the one process that reads all the time; others take the new tokens over.
        """
        if clock.monotonic() >= self._proven_until:
            self._renew(self._tokens()["access"])
            self._proven_until = clock.monotonic() + PROOF_SECONDS

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """All calls inside the block together take at most `seconds`."""
        self._local.end = clock.monotonic() + seconds
        try:
            yield
        finally:
            self._local.end = None

    def get(self, nsid: str, query: Query, seconds: float = CALL_SECONDS) -> Json:
        """Ask as our account. Raises what `Xrpc.get` raises, and `SessionLost`."""
        values = self._tokens()
        try:
            return self._server(values).get(nsid, query, values["access"], self._left(seconds))
        except TokenRefused:
            values = self._renew(values["access"])
        with _lost_if_refused():
            return self._server(values).get(nsid, query, values["access"], self._left(seconds))

    def post(self, nsid: str, body: Json, seconds: float = CALL_SECONDS) -> Json:
        """Change something as our account. A refused token means nothing was applied."""
        values = self._tokens()
        try:
            return self._server(values).post(nsid, body, values["access"], self._left(seconds))
        except TokenRefused:
            values = self._renew(values["access"])
        with _lost_if_refused():
            return self._server(values).post(nsid, body, values["access"], self._left(seconds))

    def _tokens(self) -> dict[str, str]:
        if not self._values.get("access"):
            self._values = self._secrets.load()
        if not self._values.get("access"):
            return self._log_in()
        return self._values

    def _renew(self, refused: str) -> dict[str, str]:
        stored = self._secrets.load()
        if stored.get("access") and stored["access"] != refused:
            self._values = stored
            return stored
        if not stored.get("refresh"):
            return self._log_in()
        try:
            with _nothing_applied():
                answer = self._door().refresh(stored["refresh"], self._left(CALL_SECONDS))
        except Rejected:
            return self._log_in()
        return self._keep(stored, answer)

    def _log_in(self) -> dict[str, str]:
        stored = self._secrets.load()
        password = stored.get("app_password", "")
        if not password:
            raise SessionLost("there is no app password: connect the account again")
        known = self._account.external_id.startswith("did:")
        name = self._account.external_id if known else self._account.handle
        body = {"identifier": name.removeprefix("@").strip(), "password": password}
        nsid = "com.atproto.server.createSession"
        try:
            with _nothing_applied():
                answer = self._door().post(nsid, body, "", self._left(CALL_SECONDS))
        except Rejected as error:
            raise SessionLost(f"the app password is refused: {error}") from error
        return self._keep(stored, answer)

    def _keep(self, stored: Mapping[str, str], answer: Json) -> dict[str, str]:
        try:
            fresh = {"access": answer["accessJwt"], "refresh": answer["refreshJwt"]}
            fresh["did"] = answer["did"]
        except KeyError as error:
            raise ConnectorError(f"the login answer has no {error}") from error
        self._values = {**stored, **fresh, "pds": self._home(answer) or stored.get("pds", "")}
        self._secrets.save(self._values)
        return self._values

    def _home(self, answer: Json) -> str:
        """The server the account really lives on, when the address typed is only a front door."""
        if urlsplit(self._account.service).hostname not in ENTRYWAYS:
            return ""
        document = answer.get("didDoc")
        services = document.get("service") if isinstance(document, dict) else None
        for service in services if isinstance(services, list) else ():
            if isinstance(service, dict) and str(service.get("id")).endswith("#atproto_pds"):
                return str(service.get("serviceEndpoint") or "")
        return ""

    def _door(self) -> Xrpc:
        return self._server({})

    def _server(self, values: Mapping[str, str]) -> Xrpc:
        address = values.get("pds") or self._account.service
        return self._servers.setdefault(address, Xrpc(address))

    def _left(self, seconds: float) -> float:
        end = getattr(self._local, "end", None)
        left = seconds if end is None else min(seconds, end - clock.monotonic())
        if left <= 0:
            raise ConnectorError("no time was left for another call")
        return left


@contextmanager
def _lost_if_refused() -> Iterator[None]:
    try:
        yield
    except TokenRefused as error:
        raise SessionLost(f"a fresh login is refused: {error}") from error


@contextmanager
def _nothing_applied() -> Iterator[None]:
    """A login that got lost changes nothing in public: it may simply be tried again."""
    try:
        yield
    except Unclear as error:
        raise ConnectorError(str(error)) from error
