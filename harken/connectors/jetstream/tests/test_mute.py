"""Lines that stand and bring nothing: they are closed, and the next instance is read."""

from __future__ import annotations

import json
import threading
import time

import pytest

from harken.connectors.jetstream import Jetstream
from harken.connectors.jetstream.repos import Repos
from tests.servers.jetstream import jetstream
from tests.servers.listener import Listener
from tests.servers.mute import mute_web_socket

pytestmark = pytest.mark.usefixtures("loopback_allowed")


def hour_ago(source: Jetstream) -> Listener:
    """One that read it up to an hour ago."""
    listener = Listener(lambda: source)
    listener.cursor = json.dumps({"at": time.time_ns() // 1_000 - 3_600_000_000})
    return listener


def test_an_instance_that_answers_no_ping_is_left_for_the_next():
    with mute_web_socket() as mute, jetstream() as server:
        source = Jetstream([mute.address, server.address], mute=2.0)
        listener = hour_ago(source)
        written = server.commit("while it was mute", "3k1")
        listener.until(lambda: listener.has([written]))
        assert "no sign of life for 2 s, so the line is opened anew" in listener.troubles[0]
        assert listener.each_once([written])


def test_an_instance_that_answers_pings_and_says_nothing_hangs_where_all_of_bluesky_speaks():
    with jetstream() as hangs, jetstream() as server:
        source = Jetstream([hangs.address, server.address], never_silent=1.0)
        listener = hour_ago(source)
        written = server.commit("said elsewhere", "3k2")
        listener.until(lambda: listener.has([written]))
        assert f"{hangs.address}: it gave no sign of life for 1 s" in listener.troubles[0]


def test_an_instance_of_ones_own_may_be_quiet():
    with jetstream() as quiet:
        caught = Jetstream([quiet.address]).open(None, threading.Event())
        assert not any(next(caught).trouble for _ in range(4))
        assert len(quiet.asked) == 1


def test_a_servers_own_firehose_that_answers_no_ping_is_opened_anew():
    with mute_web_socket() as mute:
        caught = Repos(mute.address, mute=1.0).open(None, threading.Event())
        told = [next(caught).trouble]
        while not told[-1]:
            told.append(next(caught).trouble)
        next(caught)
        assert "no sign of life for 1 s" in told[-1]
        assert mute.opened == 2
