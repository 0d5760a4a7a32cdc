"""`harken listen "brand"` as a person runs it: a process, its lines, and Ctrl-C."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from harken.config.cli.mentions import page_of, seen
from harken.kit import clock
from harken.kit.heard import Heard
from tests.servers.jetstream import StandIn, jetstream

COMMAND = (sys.executable, "-m", "harken.config.cli", "listen")


@pytest.fixture(scope="module")
def server() -> Iterator[StandIn]:
    with jetstream() as made:
        yield made


def without_database(**more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HARKEN_")}
    return kept | {"PYTHONUNBUFFERED": "1"} | more


def test_mentions_are_shown_live_and_ctrl_c_ends_calmly(server: StandIn, tmp_path: Path):
    command = [*COMMAND, 'parcelo "red bag"', "--at", server.address]
    environment = without_database(HARKEN_PRIVATE_HOSTS="127.0.0.1", HARKEN_DATA_DIR=str(tmp_path))
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    )
    assert process.stdout is not None
    assert "Listening" in process.stdout.readline()
    server.wait_for_line()
    server.commit("Nothing about it", "3l1")
    server.commit("Parcelo lost my red bag \x1b[2J", "3l2")
    lines = [process.stdout.readline() for _ in range(3)]
    process.send_signal(signal.SIGINT)
    rest, errors = process.communicate(timeout=90)
    assert "https://bsky.app/profile/did:plc:mila/post/3l2" in lines[1]
    assert lines[2].strip() == "Parcelo lost my red bag  [2J"
    assert rest.strip() == "1 of 2 posts."
    assert (errors, process.returncode) == ("", 0)
    assert list(tmp_path.iterdir()) == []


def test_a_query_that_cannot_be_read_is_pointed_at(tmp_path: Path):
    done = subprocess.run(
        [*COMMAND, "parcelo AND"],
        capture_output=True,
        text=True,
        env=without_database(HARKEN_DATA_DIR=str(tmp_path)),
        timeout=180,
        check=False,
    )
    assert done.returncode == 1
    said, query, mark = done.stderr.rstrip("\n").split("\n")
    assert said.startswith("harken: Column ")
    assert query.strip() == "parcelo AND"
    assert set(mark.strip()) == {"^"}
    assert "Traceback" not in done.stderr


def test_what_strangers_write_does_not_steer_the_terminal():
    assert seen("a\x1b]0;b\x07\nc\u202e") == "a ]0;b \nc "
    post = Heard(network="bluesky", uri="at://x/y/3\x1b", author="x", text="", sent_at=clock.now())
    assert "\x1b" not in page_of(post)
