"""The supervisor, tried with real processes."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

CHILD = """
import os, signal, sys, time
from harken.kit.supervisor import follow_parent
follow_parent()
{body}
"""


def child(body: str) -> list[str]:
    return [sys.executable, "-c", CHILD.format(body=textwrap.dedent(body))]


@pytest.fixture
def supervise():
    """Start a supervisor over named child programs in a process of its own."""
    started = []

    def start(children: dict[str, str], grace: float = 1.0) -> subprocess.Popen[str]:
        commands = {name: child(body) for name, body in children.items()}
        program = (
            "import sys\nfrom harken.kit.supervisor import Command, Supervisor\n"
            f"commands = [Command(n, a) for n, a in {commands!r}.items()]\n"
            f"sys.exit(Supervisor(commands, grace={grace}).run())"
        )
        process = subprocess.Popen(
            [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def read_line(process: subprocess.Popen[str], containing: str) -> str:
    assert process.stdout is not None
    for line in process.stdout:
        if containing in line:
            return line
    raise AssertionError(f"ended without printing {containing!r}")


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/stat")
    return not (status.exists() and ") Z " in status.read_text())


def gone_within(seconds: float, pid: int) -> bool:
    deadline = time.monotonic() + seconds
    while is_alive(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not is_alive(pid)


LONG = 60  # seconds; only what hangs takes so long, and nobody here ends by itself before
WAITS = "print('pid', os.getpid())\ntime.sleep(600)"
STUBBORN = "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + WAITS


def pid_in(line: str) -> int:
    return int(line.rsplit(" ", 1)[1])


def test_each_line_carries_the_name_of_its_process(supervise):
    process = supervise({"web": WAITS, "worker": "print('ready')\ntime.sleep(600)"})
    assert read_line(process, "ready") == "worker │ ready\n"


def test_a_crashed_process_starts_again(supervise):
    process = supervise({"web": "print('pid', os.getpid())\nsys.exit(3)"})
    first = pid_in(read_line(process, "pid"))
    assert "exit code 3" in read_line(process, "ended")
    assert pid_in(read_line(process, "pid")) != first


LATER = """
import sys
from harken.kit.supervisor import Command, Supervisor

def say(line):
    print(line, flush=True)
    if "up" in line:
        supervisor.go_on()

commands = [Command("worker", {worker!r}, later=True), Command("web", {web!r})]
supervisor = Supervisor(commands, patience={patience}, say=say)
sys.exit(supervisor.run())
"""


@pytest.mark.parametrize(
    ("patience", "of_web", "first"),
    [
        (600, "time.sleep(0.3)\nprint('up', os.getpid())\ntime.sleep(600)", "web"),
        (0.1, "time.sleep(600)", "worker"),  # nobody says that it may go on
    ],
)
def test_who_comes_later_waits_until_it_may_go_on_or_no_longer(patience, of_web, first):
    program = LATER.format(worker=child(WAITS), web=child(of_web), patience=patience)
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith(first)
        if first == "web":
            assert process.stdout.readline().startswith("worker")
        process.terminate()
        assert process.wait() == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_all_with_exit_code_0(supervise, number):
    process = supervise({"web": WAITS, "live": WAITS})
    pids = [pid_in(read_line(process, "pid")) for _ in range(2)]
    process.send_signal(number)
    assert process.wait(LONG) == 0
    assert not any(is_alive(pid) for pid in pids)


def test_a_process_that_ignores_the_request_is_killed_after_the_grace_time(supervise):
    process = supervise({"live": STUBBORN}, grace=0.5)
    pid = pid_in(read_line(process, "pid"))
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    assert process.wait(LONG) == 0
    assert time.monotonic() - began > 0.4
    assert not is_alive(pid)


def test_a_second_signal_does_not_wait_for_the_grace_time(supervise):
    process = supervise({"live": STUBBORN}, grace=600)
    pid = pid_in(read_line(process, "pid"))
    process.send_signal(signal.SIGINT)
    for _ in range(2 * LONG):  # two that come before the first is noticed are one
        time.sleep(0.5)
        if process.poll() is not None:
            break
        process.send_signal(signal.SIGINT)
    assert process.wait(LONG) == 0
    assert not is_alive(pid)


def test_children_die_when_the_supervisor_is_killed(supervise):
    process = supervise({"web": WAITS, "live": WAITS})
    pids = [pid_in(read_line(process, "pid")) for _ in range(2)]
    process.kill()
    assert all(gone_within(LONG, pid) for pid in pids)


def test_what_a_crashed_process_left_behind_is_killed(supervise):
    orphan = (
        "import subprocess\n"
        "left = subprocess.Popen(['sleep', '600'], stdout=subprocess.DEVNULL)\n"
        "print('left', left.pid)\nos._exit(1)"
    )
    process = supervise({"web": orphan})
    pid = pid_in(read_line(process, "left"))
    read_line(process, "ended")
    assert gone_within(LONG, pid)


def test_a_misconfigured_process_stops_the_group_with_its_exit_code(supervise):
    process = supervise({"web": "sys.exit(78)", "live": WAITS})
    assert process.wait(LONG) == 78
