"""Each process by itself; the supervisor starts these same commands."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from pathlib import Path

from harken.config.cli.ground import ground
from harken.kit.supervisor import follow_parent

WEB_THREADS = 4  # in each of the web processes; each holds one database connection
LIVING_PACE = 6.0  # posts a minute
SOCKET_MODE = 0o600  # who may talk to the pages behind the front's back: only its own account


def run_web(*, bind: str, workers: int, data: Path | None) -> None:
    """Serve the pages with granian until a signal."""
    follow_parent()
    with ground(data):
        from granian.constants import Interfaces
        from granian.log import LogLevels
        from granian.server import Server

        from harken.config.settings import get_settings

        address = bind or get_settings().pages
        host, _, port = address.rpartition(":")
        is_socket = host == "unix"
        if is_socket:
            Path(port).unlink(missing_ok=True)  # left by a killed server
        Server(
            "harken.config.wsgi:application",
            interface=Interfaces.WSGI,
            uds=Path(port) if is_socket else None,
            uds_permissions=SOCKET_MODE if is_socket else None,
            address="127.0.0.1" if is_socket else host,
            port=0 if is_socket else int(port),
            workers=workers,
            blocking_threads=WEB_THREADS,
            websockets=False,
            respawn_failed_workers=True,
            workers_kill_timeout=2,
            log_level=LogLevels.warning,
        ).serve()


def run_live(*, host: str, port: int, data: Path | None) -> None:
    """Serve the stream, and the pages through it, until a signal."""
    follow_parent()
    with ground(data):
        from harken.config.asgi import application
        from harken.web.live.server import serve

        serve(application, application.end_streams, host=host, port=port)


def run_loop(name: str, data: Path | None) -> int:
    """Run one of the `run_...` of `harken.config.processes` until a signal; the exit code."""
    follow_parent()
    with ground(data):
        import django

        from harken.config import processes

        _use_settings()
        django.setup()
        return until_signal(getattr(processes, name))


def run_demo_network(*, port: int, data: Path, pace: float | None, replay: Path | None) -> int:
    """Run the demo's network until a signal, with living customers or with replayed posts.

    `pace`: posts a minute, or, of a replay, times real speed with 0 for as fast as it goes.
    """
    follow_parent()
    from harken.connectors.loopback.network import LoopbackNetwork
    from harken.kit import http

    http.allow_private_hosts(["127.0.0.1"])

    def body(stop: threading.Event) -> None:
        with LoopbackNetwork.serve(data, port=port) as network:
            if replay is None:
                _live_on(network.url, LIVING_PACE if pace is None else pace, stop)
            else:
                _play(network.url, replay, 1.0 if pace is None else pace, stop)

    return until_signal(body)


def _live_on(url: str, pace: float, stop: threading.Event) -> None:
    from harken.config.demo.company import BRAND, PASSWORD
    from harken.config.demo.living import LivingNetwork
    from harken.connectors.loopback.client import Customers
    from harken.connectors.loopback.wire import Person

    # An earlier replay told the account of everything; from now on only of what concerns it.
    Customers(url).open_account(Person(BRAND.handle, BRAND.name), PASSWORD, everything=False)
    living = LivingNetwork(url, pace=pace)
    living.start()
    stop.wait()
    living.stop()


def _play(url: str, file: Path, speed: float, stop: threading.Event) -> None:
    from harken.config.demo.company import BRAND, PASSWORD
    from harken.config.demo.recording import load
    from harken.config.demo.replay import play, report
    from harken.connectors.loopback.client import Customers
    from harken.connectors.loopback.wire import Person

    recording = load(file)
    print(report(recording))  # noqa: T201 - shown by the supervisor
    customers = Customers(url)
    # Recorded posts seldom mention the demo brand: its account is told of everything.
    customers.open_account(Person(BRAND.handle, BRAND.name), PASSWORD, everything=True)
    played = play(recording, customers, speed=speed or None, stop=stop)
    print(f"{played.posts} posts in {played.seconds:.1f} s ({played.rate:.0f}/s)")  # noqa: T201
    stop.wait()


def _use_settings() -> None:
    import os

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "harken.config.django")


def until_signal(body: Callable[[threading.Event], None]) -> int:
    """Run `body(stop)` in a thread; a signal sets `stop`. Returns 1 when `body` failed.

    In a thread, because setting an Event from a signal handler can deadlock with a main thread
    that is just waiting for that Event.
    """
    stop = threading.Event()
    failures: list[BaseException] = []

    def run() -> None:
        try:
            body(stop)
        except BaseException as failure:
            failures.append(failure)
            raise

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stop.set())
    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    while thread.is_alive():
        thread.join(1)
    return 1 if failures else 0
