"""`harken gather` and `harken matcher` as people start them, and the setting they share."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from harken.config import streams
from harken.config.cli.doctor import look_at_stream
from harken.config.cli.group import processes
from harken.config.settings import SettingsError, get_settings
from harken.kit import clock
from harken.kit.heard import Heard, decode
from harken.kit.nats_stream import NatsStream
from tests.servers.jetstream import StandIn, jetstream
from tests.servers.nats import nats_server

HARKEN = (sys.executable, "-m", "harken.config.cli")


@pytest.fixture
def named(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Settings that are read anew, now and afterwards."""
    get_settings.cache_clear()
    yield monkeypatch
    monkeypatch.undo()
    get_settings.cache_clear()


def gathering(firehose: StandIn, environment: Mapping[str, str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*HARKEN, "gather", "--at", firehose.address],
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **environment},
    )


def test_a_firehose_is_gathered_and_goes_on_after_a_kill_where_it_was(tmp_path: Path):
    with nats_server(tmp_path) as server, jetstream() as firehose:
        environment = {"HARKEN_LISTEN_STREAM": f"{server.address}/acme", "HARKEN_DATABASE_URL": ""}
        with closing(NatsStream([server.address], "acme")) as stream:
            first = gathering(firehose, environment)
            firehose.wait_for_line()
            wanted = [firehose.commit("Parcelo, one", "3l1")]
            found = _uris(stream, 1)
            first.kill()
            first.communicate(timeout=90)
            wanted += [firehose.commit("two, while nobody listens", "3l2")]
            second = gathering(firehose, environment)
            found += _uris(stream, 1)
            second.send_signal(signal.SIGTERM)
            _, said = second.communicate(timeout=90)
            assert _uris(stream, 1, patience=0.5) == []
    assert found == wanted
    assert second.returncode == 0, said
    assert re.search(r"\d posts put into the stream", said)


def _uris(stream: NatsStream, count: int, patience: float = 30.0) -> list[str]:
    """Posts taken and done; what is put again within two minutes the engine leaves out."""
    found: list[str] = []
    deadline = time.monotonic() + patience
    while len(found) < count and time.monotonic() < deadline:
        taken = stream.take(10, 0.2)
        stream.done(taken)
        found += [decode(each.raw).uri for each in taken]
    return found


def test_without_a_stream_the_matcher_says_what_is_missing(tmp_path: Path):
    done = subprocess.run(
        [*HARKEN, "matcher", "--data", str(tmp_path / "none")],
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert done.returncode == 78
    assert done.stderr.startswith("harken: HARKEN_LISTEN_STREAM must look like nats://")
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(
    ("value", "complaint"),
    [
        ("", "must look like"),
        ("kafka://one:9092", "must look like"),
        ("nats://", "must look like"),
        ("nats://one:4222,two:4222", "must look like"),
        ("nats://one:4222/my posts", "letters"),
    ],
)
def test_a_wrong_setting_is_refused_with_its_name(named, value: str, complaint: str):
    named.setenv("HARKEN_LISTEN_STREAM", value)
    with pytest.raises(SettingsError, match=f"HARKEN_LISTEN_STREAM.*{complaint}"):
        streams.open_stream()


@pytest.mark.parametrize("name", ["HARKEN_LISTEN_STREAM_CREDENTIALS", "HARKEN_LISTEN_STREAM_CA"])
def test_a_file_that_cannot_be_used_is_named_with_its_setting(named, name: str, tmp_path: Path):
    named.setenv("HARKEN_LISTEN_STREAM", "nats://sesame@one:4222")
    for content in (None, "no key"):
        file = tmp_path / "engine.file"
        if content:
            file.write_text(content)
        named.setenv(name, str(file))
        get_settings.cache_clear()
        with pytest.raises(SettingsError, match=rf"{name}.*engine\.file") as raised:
            streams.open_stream()
        assert "sesame" not in str(raised.value)


def test_one_user_and_a_file_are_for_all_servers_of_a_cluster(named, tmp_path: Path):
    with nats_server(tmp_path, "--user", "harken", "--pass", "sesame/1") as server:
        address = server.address.replace("//", "//harken:sesame%2F1@")
        named.setenv("HARKEN_LISTEN_STREAM", f"{server.address},{address}")
        with closing(streams.open_stream()) as stream:
            assert stream.backlog() == (0, 0)


def test_a_missing_package_is_named_with_what_to_do(named):
    named.setenv("HARKEN_LISTEN_STREAM", "nats://one:4222")
    named.setattr(streams, "find_spec", lambda _: None)
    with pytest.raises(SettingsError, match=r"requirements/stream\.txt"):
        streams.open_stream()


def test_doctor_says_how_many_posts_wait_and_when_the_engine_is_away(named, tmp_path: Path):
    with nats_server(tmp_path) as server:
        named.setenv("HARKEN_LISTEN_STREAM", server.address)
        with closing(NatsStream([server.address])) as stream:
            post = Heard(network="x", uri="y", author="z", text="", sent_at=clock.now())
            stream.put([post, msgspec.structs.replace(post, uri="z")])
        (found,) = look_at_stream()
        assert (found.found, found.advice) == ("2 posts wait, 0 are being matched", "")
        server.kill()
        (found,) = look_at_stream()
        assert "HARKEN_LISTEN_STREAM" in found.advice


def test_serve_runs_a_matcher_only_with_a_stream(named, tmp_path: Path):
    named.delenv("HARKEN_LISTEN_STREAM", raising=False)
    assert "matcher" not in {each.name for each in processes(tmp_path, "127.0.0.1", 8000)}
    get_settings.cache_clear()
    named.setenv("HARKEN_LISTEN_STREAM", "nats://one:4222")
    assert "matcher" in {each.name for each in processes(tmp_path, "127.0.0.1", 8000)}
