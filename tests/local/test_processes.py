"""Children are ended with everything below them, and nothing is left."""

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from local_cloud import processes

# It ignores SIGTERM and has a child in a session of its own, as cdktf has Terraform on a pseudo-terminal.
_STUBBORN = """
import signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
print(child.pid, flush=True)
time.sleep(600)
"""


def _wait_for(condition: Callable[[], object], seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def _stubborn(log: Path) -> tuple[subprocess.Popen[bytes], int]:
    child = processes.start([sys.executable, "-c", _STUBBORN], log=log)
    _wait_for(lambda: log.read_text().endswith("\n"))
    return child, int(log.read_text())


def test_a_stubborn_child_and_its_detached_grandchild_are_ended(tmp_path: Path) -> None:
    child, grandchild = _stubborn(tmp_path / "log")
    assert processes.descendants(child.pid) == [grandchild]
    processes.end(child, grace_seconds=0.2)
    assert child.returncode == -signal.SIGKILL
    assert not processes.is_alive(grandchild)


def test_a_process_that_is_no_child_is_ended_with_its_family(tmp_path: Path) -> None:
    child, grandchild = _stubborn(tmp_path / "log")
    processes.end_pid(child.pid, grace_seconds=0.2)
    assert not processes.is_alive(child.pid)
    assert not processes.is_alive(grandchild)
    child.wait()


def test_ending_a_child_that_has_ended_is_harmless(tmp_path: Path) -> None:
    child = processes.start([sys.executable, "-c", ""], log=tmp_path / "log")
    child.wait()
    processes.end(child)
    assert child.returncode == 0


def test_a_server_that_ends_while_starting_is_told_with_its_last_words(tmp_path: Path) -> None:
    log = tmp_path / "log"
    child = processes.start([sys.executable, "-c", "raise SystemExit('no port left')"], log=log)
    with pytest.raises(
        processes.ProcessError, match=r"the server ended with exit code 1 while starting:\nno port left"
    ):
        processes.wait_until_ready(child, "http://127.0.0.1:1/", name="the server", log=log)


def test_a_server_that_stays_silent_is_told(tmp_path: Path) -> None:
    log = tmp_path / "log"
    child = processes.start([sys.executable, "-c", "import time; time.sleep(600)"], log=log)
    try:
        with pytest.raises(processes.ProcessError, match="did not answer"):
            processes.wait_until_ready(child, "http://127.0.0.1:1/", name="the server", log=log, seconds=0.2)
    finally:
        processes.end(child)


def test_a_command_line_is_told_whole(tmp_path: Path) -> None:
    long = "x" * 500
    child = processes.start([sys.executable, "-c", "import time; time.sleep(600)", long, "last"], log=tmp_path / "log")
    try:
        _wait_for(lambda: processes.command_of(child.pid).endswith(f"{long} last"))
    finally:
        processes.end(child)
    assert processes.command_of(child.pid) == ""


def test_processes_are_found_by_the_words_that_their_arguments_begin_with(tmp_path: Path) -> None:
    words = ["-c", "import time; time.sleep(600)", str(tmp_path), "a b"]
    child = processes.start([sys.executable, *words, "more"], log=tmp_path / "log")
    try:
        _wait_for(lambda: processes.find(words) == [child.pid])
        assert processes.find([*words[:-1], "a", "b"]) == []
        assert processes.find(words[1:]) == []
    finally:
        processes.end(child)
    assert processes.find(words) == []


def test_free_ports_differ_and_can_be_bound() -> None:
    ports = processes.free_ports(5)
    assert len(set(ports)) == 5
    for port in ports:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
