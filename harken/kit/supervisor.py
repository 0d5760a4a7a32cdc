"""Start a group of processes, show their output by name, restart what crashes, stop all in order.

Nothing outlives the supervisor: each child leads its own process group, is asked with SIGTERM,
killed with SIGKILL after the grace time, and, by calling `follow_parent` at its start, goes down
by itself when the supervisor was killed and could not ask.
"""

from __future__ import annotations

import ctypes
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

PARENT = "HARKEN_SUPERVISOR"  # environment variable: process id of the supervisor
MISCONFIGURED = 78  # EX_CONFIG of sysexits.h: starting again would not help
LONGEST_WAIT = 30.0  # seconds between restarts at most
LOOK = 0.05  # seconds between two looks at whether it was said
HEALTHY_AFTER = 30.0  # seconds of life after which a crash counts as the first again
PR_SET_PDEATHSIG = 1  # linux/prctl.h


@dataclass(frozen=True, slots=True)
class Command:
    """One process: `name` is put before each line it prints, `env` is added to ours.

    One that comes `later` is started when `Supervisor.go_on` was called, or its patience is at an
    end: while what people wait for starts, it takes no processor from that.
    """

    name: str
    argv: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict)
    later: bool = False


@dataclass(slots=True)
class _Child:
    command: Command
    process: subprocess.Popen[str] | None = None
    started: float = 0.0
    crashes: int = 0
    restart_at: float | None = None


def _print_line(line: str) -> None:
    sys.stdout.write(line + "\n")  # one write: print() would let two threads' lines mix
    sys.stdout.flush()


class Supervisor:
    """Runs `commands` until a signal. Call `run` from the main thread.

    (Linux ties "die with your parent" to the thread that started the child, and Python delivers
    signals to the main thread.) `grace`: seconds until a child that was asked to end is killed.
    `patience`: seconds that those who come later wait for `go_on`. `say` receives each line; it is
    called from several threads.
    """

    def __init__(
        self,
        commands: Sequence[Command],
        *,
        grace: float = 3.5,
        patience: float = 10.0,
        say: Callable[[str], None] = _print_line,
    ) -> None:
        self._children = [_Child(command) for command in commands]
        self._width = max(len(command.name) for command in commands)
        self._grace = grace
        self._patience = patience
        self._say = say
        self._signals = 0
        self._exit_code = 0
        self._goes_on = False
        self._waits_until = 0.0

    def go_on(self) -> None:
        """Start what comes later. May be called from any thread."""
        self._goes_on = True

    def run(self) -> int:
        """Block until SIGINT, SIGTERM or a misconfigured child; return the exit code."""
        wake, bell = os.pipe()
        for end in (wake, bell):
            os.set_blocking(end, False)
        # A pipe, not threading.Event: setting an Event inside a signal handler can deadlock.
        former_bell = signal.set_wakeup_fd(bell, warn_on_full_buffer=False)
        caught = (signal.SIGINT, signal.SIGTERM, signal.SIGCHLD)
        former = [signal.signal(number, self._on_signal) for number in caught]
        self._waits_until = time.monotonic() + self._patience
        try:
            while not self._signals:
                self._look_after()
                if not self._signals:
                    _wait(wake, self._next_restart())
            self._stop(wake)
        finally:
            self._kill_rest()
            signal.set_wakeup_fd(former_bell)
            for number, handler in zip(caught, former, strict=True):
                signal.signal(number, handler)
            os.close(wake)
            os.close(bell)
        return self._exit_code

    def _on_signal(self, number: int, _frame: object) -> None:
        if number != signal.SIGCHLD:
            self._signals += 1

    # --- alive -------------------------------------------------------------------------------

    def _look_after(self) -> None:
        now = time.monotonic()
        for child in self._children:
            if child.process is None and self._is_due(child, now):
                self._start(child)
            elif child.process is not None and child.process.poll() is not None:
                self._bury(child, child.process, now)

    def _is_due(self, child: _Child, now: float) -> bool:
        if child.command.later and not child.started:
            return self._goes_on or now >= self._waits_until
        return (child.restart_at or 0) <= now

    def _start(self, child: _Child) -> None:
        environment = {**os.environ, **child.command.env, PARENT: str(os.getpid())}
        process = subprocess.Popen(
            list(child.command.argv),
            env=environment | {"PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            process_group=0,  # Ctrl-C reaches the supervisor only, which stops all in order
        )
        child.process, child.started, child.restart_at = process, time.monotonic(), None
        threading.Thread(target=self._relay_lines, args=(child, process), daemon=True).start()

    def _bury(self, child: _Child, process: subprocess.Popen[str], now: float) -> None:
        _signal_group(process, signal.SIGKILL)  # helpers it may have left behind
        child.process = None
        if process.returncode == MISCONFIGURED:
            self._exit_code = MISCONFIGURED
            self._signals += 1
            return
        child.crashes = 1 if now - child.started > HEALTHY_AFTER else child.crashes + 1
        wait = min(LONGEST_WAIT, 0.5 * 2 ** (child.crashes - 1))
        child.restart_at = now + wait
        self._line(child, f"ended ({_ending(process.returncode)}); starts again in {wait:g} s")

    def _next_restart(self) -> float | None:
        if any(child.command.later and not child.started for child in self._children):
            return LOOK
        due = [child.restart_at for child in self._children if child.restart_at is not None]
        return max(0.0, min(due) - time.monotonic()) if due else None

    def _relay_lines(self, child: _Child, process: subprocess.Popen[str]) -> None:
        if process.stdout is not None:
            with suppress(ValueError):  # closed under us while stopping
                for line in process.stdout:
                    self._line(child, line.rstrip())

    def _line(self, child: _Child, text: str) -> None:
        self._say(f"{child.command.name:<{self._width}} │ {text}")

    # --- stopping ----------------------------------------------------------------------------

    def _stop(self, wake: int) -> None:
        for process in self._living():
            with suppress(ProcessLookupError):
                process.terminate()
        deadline = time.monotonic() + self._grace
        asked = self._signals
        while self._living() and time.monotonic() < deadline and self._signals == asked:
            _wait(wake, min(0.5, max(0.0, deadline - time.monotonic())))

    def _kill_rest(self) -> None:
        for child in self._children:
            if child.process is not None:
                _signal_group(child.process, signal.SIGKILL)
                child.process.wait()

    def _living(self) -> list[subprocess.Popen[str]]:
        return [
            child.process
            for child in self._children
            if child.process is not None and child.process.poll() is None
        ]


def follow_parent() -> None:
    """End this process when its supervisor is gone; does nothing when started alone.

    Linux tells us (prctl(2), PR_SET_PDEATHSIG); elsewhere a thread looks once a second.
    """
    parent = int(os.environ.get(PARENT, "0"))
    if not parent:
        return
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    else:
        threading.Thread(target=_watch_parent, args=(parent,), daemon=True).start()
    if os.getppid() != parent:  # it died before we could ask to be told
        os.kill(os.getpid(), signal.SIGTERM)


def _watch_parent(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGTERM)


def _signal_group(process: subprocess.Popen[str], number: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):  # macOS says EPERM for a dead group
        os.killpg(process.pid, number)


def _wait(wake: int, seconds: float | None) -> None:
    select.select([wake], [], [], seconds)
    with suppress(BlockingIOError):
        os.read(wake, 512)


def _ending(code: int) -> str:
    return f"exit code {code}" if code >= 0 else signal.Signals(-code).name
