"""The login: kept, renewed, taken over from another process, and lost."""

from __future__ import annotations

import json
from collections.abc import Callable

import httpx
import pytest

from harken.connectors.bluesky.session import PROOF_SECONDS, Session
from harken.connectors.bluesky.tests.world import BlueskyWorld, Purse, expired_token
from harken.connectors.bluesky.xrpc import Xrpc
from harken.kit import clock
from harken.kit.connector import Account, ConnectorError, RateLimited, SessionLost, Unclear

WHO = "com.atproto.server.getSession"


@pytest.mark.atproto
def test_tokens_are_saved_as_soon_as_they_are_there(world: BlueskyWorld):
    purse = Purse(app_password=world.ours.app_password("first"))
    Session(world.account(), purse).get(WHO, {})
    assert purse.saves == 1
    assert {"app_password", "access", "refresh", "did"} <= set(purse.values)


@pytest.mark.atproto
def test_an_expired_access_token_is_renewed_unnoticed(world: BlueskyWorld):
    purse = Purse(app_password=world.ours.app_password("second"))
    Session(world.account(), purse).get(WHO, {})
    old = dict(purse.values)
    purse.values["access"] = expired_token(world.us)
    logins = world.network.relay.count("createSession")
    assert Session(world.account(), purse).get(WHO, {})["did"] == world.us
    assert purse.values["refresh"] != old["refresh"]
    assert purse.saves == 2
    assert world.network.relay.count("createSession") == logins


@pytest.mark.atproto
def test_tokens_another_process_renewed_are_taken_over(world: BlueskyWorld):
    purse = Purse(app_password=world.ours.app_password("third"))
    session = Session(world.account(), purse)
    session.get(WHO, {})
    session._values = {**session._values, "access": expired_token(world.us)}
    renewals = world.network.relay.count("refreshSession")
    session.get(WHO, {})
    assert world.network.relay.count("refreshSession") == renewals


@pytest.mark.atproto
def test_a_spent_refresh_token_falls_back_to_the_app_password(world: BlueskyWorld):
    purse = Purse(app_password=world.ours.app_password("fourth"))
    purse.values |= {"access": expired_token(world.us), "refresh": "spent"}
    assert Session(world.account(), purse).get(WHO, {})["did"] == world.us


@pytest.mark.atproto
def test_a_revoked_app_password_shows_while_the_access_token_still_works(
    world: BlueskyWorld, monkeypatch: pytest.MonkeyPatch
):
    purse = Purse(app_password=world.ours.app_password("fifth"))
    session = Session(world.account(), purse)
    session.get(WHO, {})
    world.ours.revoke_app_password("fifth")
    session.prove()  # too early to ask again
    assert session.get(WHO, {})["did"] == world.us
    later = clock.monotonic() + PROOF_SECONDS
    monkeypatch.setattr(clock, "monotonic", lambda: later)
    with pytest.raises(SessionLost):
        session.prove()


@pytest.mark.atproto
@pytest.mark.parametrize("values", [{}, {"app_password": "wrong"}])
def test_without_a_good_app_password_the_session_is_lost(world: BlueskyWorld, values):
    with pytest.raises(SessionLost):
        Session(world.account(), Purse(**values)).get(WHO, {})


def test_an_account_behind_a_front_door_is_used_at_its_own_server(monkeypatch):
    """At bsky.social people type the front door; the login names the server behind it."""
    seen: list[str] = []

    def server(request: httpx.Request) -> httpx.Response:
        seen.append(f"{request.url.host} {request.url.path.rsplit('.', 1)[1]}")
        home = {"id": "#atproto_pds", "serviceEndpoint": "https://oyster.host.bsky.network"}
        tokens = {"accessJwt": "a", "refreshJwt": "r", "did": "did:plc:us"}
        return httpx.Response(200, json={**tokens, "didDoc": {"service": [home]}})

    answer_with(monkeypatch, server)
    session = Session(
        Account("", "bluebird.example", "https://bsky.social"), Purse(app_password="x")
    )
    session.get(WHO, {})
    assert session.did == "did:plc:us"
    assert seen == ["bsky.social createSession", "oyster.host.bsky.network getSession"]


def test_another_server_cannot_send_our_tokens_elsewhere(monkeypatch):
    seen: list[str] = []

    def server(request: httpx.Request) -> httpx.Response:
        seen.append(request.url.host)
        home = {"id": "#atproto_pds", "serviceEndpoint": "https://thief.example"}
        tokens = {"accessJwt": "a", "refreshJwt": "r", "did": "did:plc:us"}
        return httpx.Response(200, json={**tokens, "didDoc": {"service": [home]}})

    answer_with(monkeypatch, server)
    Session(Account("", "b.example", "https://pds.example"), Purse(app_password="x")).get(WHO, {})
    assert set(seen) == {"pds.example"}


@pytest.mark.parametrize(
    ("status", "headers", "body", "error"),
    [
        (429, {"retry-after": "12"}, b"{}", RateLimited),
        (429, {"ratelimit-reset": "99999999999"}, b"{}", RateLimited),
        (429, {"retry-after": "soon"}, b"", RateLimited),
        (500, {}, b"oops", Unclear),
        (502, {}, b"<html>", Unclear),
        (503, {}, b"[" * 100_000, Unclear),
        (200, {}, b"not json", Unclear),
        (200, {}, b"[]", Unclear),
        (302, {"location": "https://elsewhere.example"}, b"", ConnectorError),
        (400, {}, b'{"error":"AccountDeactivated"}', SessionLost),
        (401, {}, b'{"error":"AccountTakedown"}', SessionLost),
    ],
)
def test_each_kind_of_failure_of_a_write_has_its_error(monkeypatch, status, headers, body, error):
    answer_with(monkeypatch, lambda _: httpx.Response(status, headers=headers, content=body))
    with pytest.raises(error) as caught:
        Xrpc("https://pds.example").post("x.y.z", {}, "token")
    assert isinstance(caught.value, RateLimited) == (error is RateLimited)
    assert isinstance(caught.value, Unclear) == (error is Unclear)
    if error is RateLimited:
        assert caught.value.retry_after >= 1


@pytest.mark.parametrize(
    ("error", "applied"),
    [
        (httpx.ConnectError, False),
        (httpx.ConnectTimeout, False),
        (httpx.PoolTimeout, False),
        (httpx.ReadTimeout, None),
        (httpx.WriteError, None),
        (httpx.ReadError, None),
        (httpx.RemoteProtocolError, None),
    ],
)
def test_a_broken_line_says_whether_the_write_may_have_been_applied(monkeypatch, error, applied):
    def server(request: httpx.Request) -> httpx.Response:
        raise error("broken", request=request)

    answer_with(monkeypatch, server)
    with pytest.raises(ConnectorError) as caught:
        Xrpc("https://pds.example").post("x.y.z", {}, "token")
    assert caught.value.applied is applied
    with pytest.raises(ConnectorError) as caught:
        Xrpc("https://pds.example").get("x.y.z", {}, "token")
    assert caught.value.applied is False


def test_no_secret_shows_in_an_error(monkeypatch):
    answer_with(monkeypatch, lambda _: httpx.Response(401, content=json.dumps({"error": "X"})))
    purse = Purse(app_password="open-sesame", access="token-a", refresh="token-r")
    with pytest.raises(SessionLost) as caught:
        Session(Account("", "b.example", "https://pds.example"), purse).get(WHO, {})
    told = "".join(str(part) for part in (caught.value, caught.value.__cause__))
    assert not any(secret in told for secret in purse.values.values())


def answer_with(monkeypatch, server: Callable[[httpx.Request], httpx.Response]) -> None:
    client = httpx.Client(transport=httpx.MockTransport(server))
    monkeypatch.setattr(Xrpc, "_http", client)
