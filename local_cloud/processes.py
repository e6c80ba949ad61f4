"""Start, watch and end child processes so that none outlives the command that started it.

Each child gets a session of its own: Ctrl-C in the terminal then reaches only this program, which ends the children
in order. A child's own children may sit in further sessions (cdktf runs Terraform on a pseudo-terminal), so ending
one means ending its whole tree, found by parent ids.
"""

from __future__ import annotations

import contextlib
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Any

import psutil

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

_GRACE_SECONDS = 8.0
# What is left of a tree after its root has ended gets this long to end by itself.
_ORPHAN_GRACE_SECONDS = 3.0
# SIGKILL cannot be ignored, but the system takes a moment over it.
_KILLED_SECONDS = 2.0
_POLL_SECONDS = 0.05


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


def _process(pid: int) -> psutil.Process | None:
    """Return the process that runs under this id now; it stays that one even where the id is given out again."""
    with contextlib.suppress(psutil.NoSuchProcess):
        return psutil.Process(pid)
    return None


def _below(process: psutil.Process | None) -> list[psutil.Process]:
    if process is not None:
        with contextlib.suppress(psutil.NoSuchProcess):
            return process.children(recursive=True)
    return []


def _runs(process: psutil.Process) -> bool:
    """Return whether a process has not ended; one that only waits to be reaped (a zombie) has."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def descendants(pid: int) -> list[int]:
    """Return the ids of all processes below ``pid``, parents before children."""
    return [process.pid for process in _below(_process(pid))]


def is_alive(pid: int) -> bool:
    """Return whether a process runs under this id (a zombie does not count)."""
    process = _process(pid)
    return process is not None and _runs(process)


def command_of(pid: int) -> str:
    """Return the whole command line of a process, an empty text where none runs under this id or it is not told."""
    with contextlib.suppress(psutil.Error):
        return " ".join(psutil.Process(pid).cmdline())
    return ""


def find(words: Sequence[str]) -> list[int]:
    """Return the ids of the running processes whose arguments begin with these words, the oldest first."""
    wanted = list(words)
    found = []
    for process in psutil.process_iter(["cmdline", "create_time"]):
        arguments = (process.info["cmdline"] or [])[1:]
        if arguments[: len(wanted)] == wanted and _runs(process):
            found.append((process.info["create_time"], process.pid))
    return [pid for _, pid in sorted(found)]


def _signal_all(processes: Iterable[psutil.Process], number: signal.Signals) -> None:
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied):
            process.send_signal(number)


def _wait_all(processes: Iterable[psutil.Process], seconds: float) -> list[psutil.Process]:
    """Wait until these have ended, that many seconds at most; return those that have not."""
    deadline = time.monotonic() + seconds
    left = list(processes)
    while left and time.monotonic() < deadline:
        left = [process for process in left if _runs(process)]
        if left:
            time.sleep(_POLL_SECONDS)
    return left


def _end_all(processes: Sequence[psutil.Process]) -> None:
    _signal_all(processes, signal.SIGTERM)
    left = _wait_all(processes, _ORPHAN_GRACE_SECONDS)
    _signal_all(left, signal.SIGKILL)
    _wait_all(left, _KILLED_SECONDS)


def end(process: subprocess.Popen[Any], *, grace_seconds: float = _GRACE_SECONDS) -> None:
    """End a child and everything below it: SIGTERM first, SIGKILL for what remains after the grace time."""
    below = _below(_process(process.pid)) if process.poll() is None else []
    if process.poll() is None:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(grace_seconds)
    if process.poll() is None:
        process.kill()
        process.wait()
    _end_all(below)


def end_pid(pid: int, *, grace_seconds: float = _GRACE_SECONDS) -> None:
    """End a process that is not a child of this one, and everything below it."""
    process = _process(pid)
    if process is None:
        return
    family = [process, *_below(process)]
    _signal_all([process], signal.SIGTERM)
    _wait_all([process], grace_seconds)
    _end_all(family)


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
        time.sleep(_POLL_SECONDS)
