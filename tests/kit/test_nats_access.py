"""Getting into a real nats-server that asks who we are, also over TLS of its own making."""

from __future__ import annotations

import logging
import socketserver
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from harken.kit.nats_access import Access, AccessUnusable
from harken.kit.nats_stream import NatsStream
from harken.kit.stream import StreamAway
from tests.servers.nats import NatsServer, nats_server
from tests.servers.nats_keys import write_certificate, write_company, write_stranger

PASSWORD = "p@ss:w/rd"
WRITTEN = "p%40ss%3Aw%2Frd"


def look(server: NatsServer, who: str = "", **more: object) -> None:
    """One question to the engine, as `who` the address says. Raises `StreamAway`."""
    scheme = "tls" if more.pop("tls", False) else "nats"
    access = Access.of(urlsplit(f"{scheme}://{who}127.0.0.1"), **more)  # type: ignore[arg-type]
    address = server.address.replace("nats", scheme, 1)
    with closing(NatsStream([address], access=access)) as stream:
        stream.backlog()


@pytest.fixture
def quiet(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    """Everything that is logged, by the client library too."""
    caplog.set_level(logging.DEBUG)
    yield caplog
    assert "sesame" not in caplog.text
    assert PASSWORD not in caplog.text
    assert WRITTEN not in caplog.text


def test_a_user_and_a_password_stand_in_the_address(tmp_path: Path, quiet):
    with nats_server(tmp_path, "--user", "harken", "--pass", PASSWORD) as server:
        look(server, f"harken:{WRITTEN}@")
        for who in ("", "harken:sesame@", f"{WRITTEN}@"):
            with pytest.raises(StreamAway, match="correct the user and password") as raised:
                look(server, who)
            assert "sesame" not in str(raised.value)
            assert "HARKEN_LISTEN_STREAM" in str(raised.value)


class HangsUpFirst(socketserver.BaseRequestHandler):
    """Refuses everybody; the first one hears no reason, as when the line ends before it came."""

    def handle(self) -> None:
        self.request.sendall(b'INFO {"server_id":"x","version":"2.9.10","max_payload":1048576}\r\n')
        self.request.recv(4096)
        if getattr(self.server, "met", False):
            self.request.sendall(b"-ERR 'Authorization Violation'\r\n")
        self.server.met = True  # type: ignore[attr-defined]


def test_the_reason_is_told_although_the_line_ended_before_it_came():
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), HangsUpFirst) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"nats://127.0.0.1:{server.server_address[1]}"
        with (
            closing(NatsStream([address])) as stream,
            pytest.raises(StreamAway, match="correct the user and password"),
        ):
            stream.backlog()
        server.shutdown()


def test_a_token_stands_in_the_address(tmp_path: Path, quiet):
    with nats_server(tmp_path, "--auth", "sesame/1") as server:
        look(server, "sesame%2F1@")
        with pytest.raises(StreamAway, match="or the token"):
            look(server, "sesame2@")


def test_a_credentials_file_opens_a_server_with_operators(tmp_path: Path, quiet):
    configuration, credentials = write_company(tmp_path)
    with nats_server(tmp_path / "store", "-c", str(configuration)) as server:
        look(server, credentials=credentials)
        with pytest.raises(StreamAway, match="HARKEN_LISTEN_STREAM_CREDENTIALS"):
            look(server, credentials=write_stranger(tmp_path))
        credentials.unlink()
        with pytest.raises(StreamAway, match=r"harken\.creds cannot be read"):
            look(server, credentials=credentials)


def test_a_certificate_of_our_own_is_trusted_where_it_is_named(tmp_path: Path, quiet):
    shown, secret = write_certificate(tmp_path)
    tls = ("--tls", "--tlscert", str(shown), "--tlskey", str(secret))
    with nats_server(tmp_path, *tls, "--auth", "sesame") as server:
        look(server, "sesame@", tls=True, authority=shown)
        look(server, "sesame@", authority=shown)
        with pytest.raises(StreamAway, match="HARKEN_LISTEN_STREAM_CA"):
            look(server, "sesame@", tls=True)


def test_credentials_are_not_shown_over_an_open_line_when_tls_is_wanted(tmp_path: Path, quiet):
    shown, _ = write_certificate(tmp_path)
    with nats_server(tmp_path) as server:
        look(server)
        for more in ({"tls": True}, {"authority": shown}):
            with pytest.raises(StreamAway, match="offers no TLS"):
                look(server, "sesame@", **more)


def test_a_server_without_streams_is_told_from_one_that_is_away(tmp_path: Path):
    configuration = tmp_path / "nats.conf"
    accounts = "{A: {users: [{user: harken, password: sesame}]}}"  # JetStream is for no account
    configuration.write_text(f"accounts: {accounts}\n")
    with (
        nats_server(tmp_path / "store", "-c", str(configuration)) as server,
        pytest.raises(StreamAway, match="keeps no streams"),
    ):
        look(server, "harken:sesame@")


@pytest.mark.parametrize(
    "content",
    [
        "",
        "-----BEGIN USER NKEY SEED-----\nSUsesame\n------END USER NKEY SEED------\n",
        "-----BEGIN NATS USER JWT-----\nsesame\n------END NATS USER JWT------\n"
        "-----BEGIN USER NKEY SEED-----\nSUAsesame=\n------END USER NKEY SEED------\n",
        "größe",
    ],
)
def test_a_file_that_is_none_is_refused_without_quoting_it(tmp_path: Path, content: str):
    file = tmp_path / "some.creds"
    file.write_text(content)
    for access in (Access(credentials=file), Access(authority=file)):
        with pytest.raises(AccessUnusable, match=r"HARKEN_LISTEN_STREAM_C.*some\.creds") as raised:
            access.check()
        assert "sesame" not in str(raised.value)
        assert raised.value.__cause__ is None or "sesame" not in str(raised.value.__cause__)
    assert "sesame" not in repr(Access("harken", "sesame"))
