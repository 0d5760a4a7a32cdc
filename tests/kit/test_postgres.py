"""The embedded PostgreSQL, started for real in a temporary folder."""

import os
import signal
import socket
import stat
import tempfile
import time
from pathlib import Path

import psycopg
import pytest

from harken.kit.postgres import Postgres, PostgresFailed


@pytest.fixture
def folder():
    """A folder the server's account can reach also when root runs the tests."""
    with tempfile.TemporaryDirectory(prefix="pg-", dir="/tmp") as made:
        Path(made).chmod(0o755)
        yield Path(made)


@pytest.fixture
def postgres(folder: Path):
    server = Postgres(folder / "cluster")
    yield server
    server.destroy()


def postmaster_pid(postgres: Postgres) -> int:
    return int((postgres.data / "postmaster.pid").read_text().split()[0])


def test_the_first_start_gives_an_empty_database_with_the_search_extensions(postgres):
    with psycopg.connect(postgres.start()) as connection:
        for extension in ("pg_trgm", "unaccent"):
            connection.execute(f"create extension {extension}")
        row = connection.execute("select current_database(), current_setting('jit')").fetchone()
    assert row == ("harken", "off")


def test_data_is_found_again_after_a_stop(postgres):
    with psycopg.connect(postgres.start()) as connection:
        connection.execute("create table kept as select 7 as number")
    postgres.stop()
    assert not postgres.is_running()
    with psycopg.connect(postgres.start()) as connection:
        assert connection.execute("select number from kept").fetchone() == (7,)


def test_a_second_start_finds_the_running_server(postgres):
    postgres.start()
    pid = postmaster_pid(postgres)
    again = Postgres(postgres.data)
    assert again.start() == postgres.url
    assert postmaster_pid(again) == pid


def test_committed_rows_survive_a_killed_server(postgres):
    with psycopg.connect(postgres.start()) as connection:
        connection.execute("create table kept as select 7 as number")
    os.kill(postmaster_pid(postgres), signal.SIGKILL)
    with psycopg.connect(postgres.start()) as connection:
        assert connection.execute("select number from kept").fetchone() == (7,)


def test_a_stale_pid_file_with_a_reused_process_id_does_not_block_the_start(postgres):
    postgres.start()
    stale = (postgres.data / "postmaster.pid").read_text().split("\n", 1)[1]
    postgres.stop()
    (postgres.data / "postmaster.pid").write_text(f"{os.getpid()}\n{stale}")
    (postgres.data / "postmaster.pid").chmod(0o644)
    postgres.start()
    assert postgres.is_running()


def test_stopping_is_quick_with_a_connection_inside_a_transaction(postgres):
    connection = psycopg.connect(postgres.start())
    connection.execute("create table kept (number int)")
    began = time.monotonic()
    postgres.stop()
    assert time.monotonic() - began < 9  # who waits for the connection waits ten
    connection.close()


def test_only_the_owner_may_enter_the_folder_and_no_port_is_open(postgres):
    with psycopg.connect(postgres.start()) as connection:
        listening = connection.execute("show listen_addresses").fetchone()
    assert stat.S_IMODE(postgres.data.stat().st_mode) == 0o700
    assert listening == ("",)


def test_a_folder_name_too_long_for_a_socket_still_works(folder: Path):
    server = Postgres(folder / ("long" * 30) / "cluster")
    try:
        psycopg.connect(server.start()).close()
        assert server.is_running()
    finally:
        server.destroy()


def test_a_tcp_port_asks_for_the_password(folder: Path):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = Postgres(folder / "cluster", tcp_port=port)
    try:
        psycopg.connect(server.start()).close()
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(f"postgresql://harken@127.0.0.1:{port}/harken")
    finally:
        server.destroy()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a folder of somebody else")
def test_a_folder_of_somebody_else_is_refused(folder: Path):
    theirs = folder / "cluster"
    theirs.mkdir()
    os.chown(theirs, 54321, 54321)
    with pytest.raises(PostgresFailed, match="somebody else"):
        Postgres(theirs).start()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root needs the detour")
def test_root_keeps_its_closed_folders_closed(folder: Path):
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    server = Postgres(closed / "cluster")
    try:
        psycopg.connect(server.start()).close()
        assert stat.S_IMODE(closed.stat().st_mode) == 0o700
        assert closed not in server.data.parents
    finally:
        server.destroy()
