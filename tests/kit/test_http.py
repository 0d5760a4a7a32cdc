"""The one way out: which hosts it refuses, and when it gives up."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial

import httpcore
import httpx
import pytest

from harken.kit import http
from harken.kit.addresses import is_reachable

REFUSED = """
0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.127.255.254 100.100.100.200 127.0.0.1
127.1.2.3 127.255.255.255 168.63.129.16 169.254.0.1 169.254.169.254 169.254.170.2 172.16.0.1
172.31.255.255 192.0.0.1 192.0.0.192 192.0.2.1 192.88.99.1 192.168.0.1 192.168.255.255 198.18.0.1
198.19.255.255 198.51.100.7 203.0.113.9 224.0.0.1 239.255.255.250 240.0.0.1 255.255.255.255
:: ::1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:169.254.169.254 ::127.0.0.1 64:ff9b::127.0.0.1
64:ff9b::169.254.169.254 64:ff9b:1::1 100::1 2001::1 2001:10::1 2001:20::1 2001:db8::1
2002:7f00:1::1 2002:a00:1::1 3fff::1 5f00::1 fc00::1 fd00:ec2::254 fdff::1 fe80::1 fe80::1%lo
fec0::1 ff02::1 4000::1 nonsense 127.0.0.1.example
""".split()  # noqa: SIM905
REACHABLE = """
1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.1 100.63.255.255 100.128.0.1 126.255.255.255 128.0.0.1
172.15.255.255 172.32.0.1 192.167.255.255 192.169.0.1 223.255.255.255 2606:4700::1111
2a00:1450:4001::1 2001:200::1 ::ffff:8.8.8.8 64:ff9b::8.8.8.8
""".split()  # noqa: SIM905
# What getaddrinfo understands as 127.0.0.1, and what merely looks like a public name.
DISGUISES = """
127.0.0.1 127.1 127.0.1 2130706433 0x7f000001 0x7f.0.0.1 0177.0.0.1 017700000001 0 localhost
[::1] [::ffff:127.0.0.1] [::ffff:7f00:1] [0:0:0:0:0:0:0:1] [::] 169.254.169.254 2852039166
0xa9fea9fe [fe80::1] １２７.０.０.１ ①②⑦.0.0.1 127。0。0。1 LOCALHOST localhost.
user:pass@127.0.0.1 1.1.1.1@127.0.0.1
""".split()  # noqa: SIM905


@pytest.mark.parametrize("address", REFUSED)
def test_an_internal_or_special_address_is_not_reachable(address):
    assert not is_reachable(address)


@pytest.mark.parametrize("address", REACHABLE)
def test_a_public_address_is_reachable(address):
    assert is_reachable(address)


@pytest.mark.parametrize("address", ["127.0.0.1", "10.1.2.3", "192.168.1.1", "::1", "fd12::1"])
def test_an_internal_address_is_reachable_when_the_operator_says_so(address):
    assert is_reachable(address, internal=True)


@pytest.mark.parametrize(
    "address",
    ["169.254.169.254", "fd00:ec2::254", "168.63.129.16", "0.0.0.0", "224.0.0.1", "fe80::1"],
)
def test_metadata_and_special_addresses_stay_closed_even_then(address):
    assert not is_reachable(address, internal=True)


@pytest.mark.parametrize("host", DISGUISES)
def test_a_disguised_loopback_address_gets_no_connection(host, listener):
    with (
        http.client() as client,
        pytest.raises((http.AddressRefused, httpx.ConnectError, httpx.InvalidURL)),
    ):
        client.get(f"https://{host}:{listener.port}/")
    assert listener.connections == 0


@pytest.mark.parametrize(
    "url", ["http://1.1.1.1/", "ftp://1.1.1.1/", "file:///etc/passwd", "gopher://x/"]
)
def test_only_https_leaves_the_house(url):
    with http.client() as client, pytest.raises((http.AddressRefused, httpx.UnsupportedProtocol)):
        client.get(url)


def test_a_name_with_one_bad_address_among_good_ones_is_refused(monkeypatch):
    answers(monkeypatch, ["8.8.8.8", "127.0.0.1"])
    with http.client() as client, pytest.raises(http.AddressRefused):
        client.get("https://mixed.example/")


def test_a_name_is_resolved_once_and_the_checked_address_is_the_one_connected_to(monkeypatch):
    """DNS rebinding: the second answer, an internal one, is never asked for."""
    asked = answers(monkeypatch, ["203.0.114.7"], ["127.0.0.1"])
    connected: list[str] = []

    def connect(self, host, port, timeout=None, local_address=None, socket_options=None):
        connected.append(host)
        raise httpcore.ConnectError("nobody there")

    monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", connect)
    with http.client() as client, pytest.raises(httpx.ConnectError):
        client.get("https://rebinding.example/")
    assert (asked, connected) == (["rebinding.example"], ["203.0.114.7"])


def test_a_host_the_operator_named_is_reached(listener, at_home):
    listener.answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"
    with http.client() as client:
        assert client.get(listener.url).text == "hi"


def test_naming_one_host_opens_no_other(listener, at_home):
    with http.client() as client, pytest.raises(http.AddressRefused):
        client.get(f"http://localhost:{listener.port}/")
    assert listener.connections == 0


def test_a_redirect_is_handed_back_and_not_followed(listener, at_home):
    listener.answer = (
        b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n"
    )
    with http.client() as client:
        assert client.get(listener.url).status_code == 302


def test_a_proxy_from_the_environment_is_ignored(listener, at_home, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    listener.answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"
    with http.client() as client:
        assert client.get(listener.url).text == "hi"


@pytest.mark.parametrize("head", [b"Content-Length: 5000\r\n", b""])
def test_an_answer_over_the_size_limit_is_refused(listener, at_home, head):
    listener.answer = b"HTTP/1.1 200 OK\r\n" + head + b"\r\n" + b"x" * 5000
    with http.client(most_bytes=4000) as client, pytest.raises(http.AnswerTooLarge):
        client.get(listener.url)


def test_a_packed_answer_is_refused(listener, at_home):
    listener.answer = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 0\r\n\r\n"
    with http.client() as client, pytest.raises(http.AnswerTooLarge):
        client.get(listener.url)


def test_a_server_that_never_answers_meets_the_deadline(listener, at_home):
    assert gives_up(listener, httpx.ReadTimeout, deadline=0.4) < 30


def test_a_server_that_drips_for_ever_meets_the_deadline(listener, at_home):
    listener.drip = b"HTTP/1.1 200 OK\r\nX-Slow: " + b"a" * 1000
    assert gives_up(listener, httpx.ReadTimeout, deadline=0.6) < 30


def test_a_name_that_takes_too_long_to_look_up_meets_the_connect_limit(monkeypatch):
    found = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **k: (found.wait(60) and []) or [])
    begin = time.monotonic()
    with http.client(connect=0.3) as client, pytest.raises(httpx.ConnectTimeout):
        client.get("https://slow.example/")
    assert time.monotonic() - begin < 30
    found.set()


def test_the_certificate_is_checked_against_the_name_and_not_the_address(monkeypatch):
    """A pinned address keeps the name in the TLS handshake."""
    answers(monkeypatch, ["203.0.114.7"])
    names: list[str | None] = []

    class Stream(httpcore.MockStream):
        def start_tls(self, ssl_context, server_hostname=None, timeout=None):
            names.append(server_hostname)
            return self

    def connect(self, host, port, *args, **kwargs):
        return Stream([b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"])

    monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", connect)
    with http.client() as client:
        client.get("https://pinned.example/")
    assert names == ["pinned.example"]


def answers(monkeypatch, *turns: list[str]) -> list[str]:
    """Make name look-ups answer with `turns`, one after the other; returns who was asked for."""
    asked: list[str] = []

    def look_up(host, port, **_):
        asked.append(host)
        return [(socket.AF_INET, 1, 6, "", (a, port)) for a in turns[len(asked) - 1]]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return asked


def gives_up(listener: Listener, error: type[Exception], deadline: float) -> float:
    begin = time.monotonic()
    with http.client(deadline=deadline) as client, pytest.raises(error):
        client.get(listener.url)
    return time.monotonic() - begin


class Listener:
    """A loopback server that counts connections and says what it is told to."""

    def __init__(self) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.socket.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}/"
        self.connections = 0
        self.answer = b""
        self.drip = b""
        self.open: list[socket.socket] = []
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        while True:
            try:
                peer, _ = self.socket.accept()
            except OSError:
                return
            self.connections += 1
            self.open.append(peer)
            threading.Thread(target=self._serve, args=(peer,), daemon=True).start()

    def _serve(self, peer: socket.socket) -> None:
        quietly(lambda: peer.recv(65536))
        for byte in self.drip:
            if not quietly(partial(peer.sendall, bytes([byte]))):
                return
            time.sleep(0.05)
        if self.answer:
            quietly(lambda: peer.sendall(self.answer))
            peer.close()

    def close(self) -> None:
        for peer in [self.socket, *self.open]:
            peer.close()


def quietly(action: Callable[[], object]) -> bool:
    try:
        action()
    except OSError:
        return False
    return True


@pytest.fixture
def listener() -> Iterator[Listener]:
    server = Listener()
    yield server
    server.close()


@pytest.fixture(autouse=True)
def nothing_private() -> Iterator[None]:
    """Whatever the settings allow, these tests begin with every door shut."""
    former = http.allow_private_hosts([])
    yield
    http.allow_private_hosts(former)


@pytest.fixture
def at_home(nothing_private: None) -> None:
    http.allow_private_hosts(["127.0.0.1"])


def test_the_way_out_brings_no_command_line_along() -> None:
    program = (
        "import sys, harken.kit.http; print(*{'rich', 'pygments', 'click'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert done.stdout.strip() == b""
