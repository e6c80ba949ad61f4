"""Start, watch and end child processes so that none outlives the command that started it.

Each child gets a session of its own: Ctrl-C in the terminal then reaches only this program, which ends the children
in order. A child's own children may sit in further sessions (cdktf runs Terraform on a pseudo-terminal), so ending
one means ending its whole tree, found by parent ids.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections import defaultdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

_GRACE_SECONDS = 8.0


class ProcessError(Exception):
    """A child did not start or ended when it should not have; the message holds the end of its log."""


def free_ports(count: int) -> list[int]:
    """Return different TCP ports on 127.0.0.1 that nobody listens on at this moment."""
    with contextlib.ExitStack() as open_until_all_are_known:
        probes = [open_until_all_are_known.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]


def start(
    command: Sequence[str | Path], *, log: Path, environment: Mapping[str, str] | None = None, cwd: Path | None = None
) -> subprocess.Popen[bytes]:
    """Start a child in a session of its own, its output appended to ``log``."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        return subprocess.Popen(
            [str(word) for word in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=None if environment is None else dict(environment),
            cwd=cwd,
            start_new_session=True,
        )


def _children_by_parent() -> dict[int, list[int]]:
    with subprocess.Popen(["ps", "-A", "-o", "pid=,ppid="], stdout=subprocess.PIPE, text=True) as listing:
        lines = listing.communicate()[0].splitlines()
    children: dict[int, list[int]] = defaultdict(list)
    for line in lines:
        pid, parent = map(int, line.split())
        if pid != listing.pid:
            children[parent].append(pid)
    return children


def descendants(pid: int) -> list[int]:
    """Return the ids of all processes below ``pid``, parents before children."""
    children = _children_by_parent()
    found: list[int] = []
    frontier = [pid]
    while frontier:
        frontier = [child for parent in frontier for child in children.get(parent, [])]
        found.extend(frontier)
    return found


def is_alive(pid: int) -> bool:
    """Return whether a process runs under this id (a zombie does not count)."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return bool(state.strip()) and not state.strip().startswith("Z")


def command_of(pid: int) -> str:
    """Return the whole command line of a process, an empty text where none runs under this id."""
    command = ["ps", "-ww", "-o", "command=", "-p", str(pid)]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


def _signal_all(pids: Iterable[int], number: signal.Signals) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, number)


def _wait_all(pids: Iterable[int], seconds: float) -> list[int]:
    deadline = time.monotonic() + seconds
    left = list(pids)
    while left and time.monotonic() < deadline:
        left = [pid for pid in left if is_alive(pid)]
        if left:
            time.sleep(0.05)
    return left


def end(process: subprocess.Popen[Any], *, grace_seconds: float = _GRACE_SECONDS) -> None:
    """End a child and everything below it: SIGTERM first, SIGKILL for what remains after the grace time."""
    below = descendants(process.pid)
    if process.poll() is None:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(grace_seconds)
    if process.poll() is None:
        process.kill()
        process.wait()
    _signal_all(below, signal.SIGTERM)
    _signal_all(_wait_all(below, 3.0), signal.SIGKILL)


def end_pid(pid: int, *, grace_seconds: float = _GRACE_SECONDS) -> None:
    """End a process that is not a child of this one, and everything below it."""
    family = [pid, *descendants(pid)]
    _signal_all([pid], signal.SIGTERM)
    _wait_all([pid], grace_seconds)
    left = [one for one in family if is_alive(one)]
    _signal_all(left, signal.SIGTERM)
    _signal_all(_wait_all(left, 3.0), signal.SIGKILL)


def tail(log: Path, lines: int = 15) -> str:
    """Return the last lines of a log, an empty text where there is none."""
    try:
        return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
    except FileNotFoundError:
        return ""


def answers(url: str) -> bool:
    """Return whether a local server answers a GET with success."""
    try:
        with urllib.request.urlopen(url, timeout=1.0) as response:  # noqa: S310 - our own http address on loopback
            return bool(response.status < 400)  # noqa: PLR2004
    except (urllib.error.URLError, OSError):
        return False


def wait_until_ready(
    process: subprocess.Popen[bytes], url: str, *, name: str, log: Path, seconds: float = 30.0
) -> None:
    """Wait until a server answers; raises ``ProcessError`` where it ends or stays silent that long."""
    deadline = time.monotonic() + seconds
    while not answers(url):
        if process.poll() is not None:
            raise ProcessError(f"{name} ended with exit code {process.returncode} while starting:\n{tail(log)}")
        if time.monotonic() > deadline:
            raise ProcessError(f"{name} did not answer {url} within {seconds:.0f} s:\n{tail(log)}")
        time.sleep(0.05)
