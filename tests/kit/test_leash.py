"""The leash: a library's own connections stay out of the private network."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import closing

import pytest
import requests

from harken.kit.http import allow_private_hosts
from harken.kit.leash import Held, leashed


@pytest.fixture
def port() -> Iterator[int]:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        yield server.getsockname()[1]


@pytest.fixture
def nobody_named() -> Iterator[None]:
    former = allow_private_hosts([])
    yield
    allow_private_hosts(former)


def connect(port: int, host: str = "127.0.0.1") -> int:
    """Connect and hang up; the port that was reached."""
    with closing(socket.create_connection((host, port), timeout=30)) as made:
        reached: int = made.getpeername()[1]
        return reached


def test_a_private_address_is_held_back(port: int, nobody_named: None) -> None:
    with leashed(), pytest.raises(Held):
        connect(port)


def test_a_name_that_leads_to_one_is_held_back(port: int, nobody_named: None) -> None:
    with leashed(), pytest.raises(Held):
        connect(port, "localhost")


def test_a_library_sees_a_failed_connection(port: int, nobody_named: None) -> None:
    with leashed(), pytest.raises(requests.ConnectionError):
        requests.post(f"http://127.0.0.1:{port}/", timeout=30)


def test_datagrams_and_local_sockets_are_held_back_too(nobody_named: None) -> None:
    with leashed():
        with (
            closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as one,
            pytest.raises(Held),
        ):
            one.sendto(b"x", ("127.0.0.1", 9))
        with closing(socket.socket(socket.AF_UNIX)) as one, pytest.raises(Held):
            one.connect("/nowhere")


def test_a_host_the_operator_named_is_reached(port: int) -> None:
    former = allow_private_hosts(["127.0.0.1"])
    try:
        with leashed():
            assert connect(port) == port
    finally:
        allow_private_hosts(former)


def test_a_named_host_opens_no_other_door(port: int) -> None:
    former = allow_private_hosts(["elsewhere.example"])
    try:
        with leashed(), pytest.raises(Held):
            connect(port)
    finally:
        allow_private_hosts(former)


def test_outside_of_it_and_on_other_threads_nothing_is_held(port: int, nobody_named: None) -> None:
    failed: list[Exception] = []

    def other() -> None:
        try:
            connect(port)
        except Exception as error:
            failed.append(error)

    with leashed():
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
    assert connect(port) == port
    assert failed == []
