"""However a review ends, neither a process nor a folder of it is left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import psutil
import pytest

from plan_review.__main__ import CLEAN, INTERRUPTED
from plan_review.terraform.leftovers import PREFIX, Guard
from terraform_runtime.signals import termination_as_interrupt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Write = Callable[[str, Any], Path]

# A Terraform that hears of no SIGTERM and has a child, as one with a provider that hangs.
DEAF = """#!/bin/sh
case $1 in
version) echo '{"terraform_version": "1.11.4"}' ;;
init) ;;
*)
  trap '' TERM
  sleep 60 &
  echo $$ $! >> "$STARTED"
  wait
  ;;
esac
"""


def until(holds: Callable[[], object], seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.fixture
def hangups() -> Iterator[None]:
    """Let a child hear of SIGHUP, also where the tests themselves run under ``nohup``."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


@pytest.mark.usefixtures("hangups")
@pytest.mark.parametrize(
    ("program", "number"),
    [
        ("plan_review", signal.SIGINT),
        ("plan_review", signal.SIGHUP),
        ("plan_review", signal.SIGKILL),
        ("plan_review.pull_request", signal.SIGTERM),
    ],
)
def test_a_review_that_is_ended_takes_everything_with_it(
    program: str, number: signal.Signals, write: Write, tmp_path: Path
) -> None:
    folder = write("stack/main.tf", 'resource "terraform_data" "a" {}\n').parent
    terraform = write("bin/terraform", DEAF)
    terraform.chmod(0o755)
    scratch, started = tmp_path / "scratch", tmp_path / "started"
    scratch.mkdir()
    process = subprocess.Popen(
        [sys.executable, "-m", program, str(folder), "--out", str(tmp_path / "out"), "--provider", "offline"],
        env={**os.environ, "TMPDIR": str(scratch), "TERRAFORM_BINARY_NAME": str(terraform), "STARTED": str(started)},
        stderr=subprocess.PIPE,
    )
    until(lambda: process.poll() is not None or (started.exists() and len(started.read_text().splitlines()) == 3))
    assert list(scratch.glob(f"{PREFIX}*/configuration"))
    process.send_signal(number)
    _, said = process.communicate(timeout=30)
    expected = (-signal.SIGKILL, b"") if number is signal.SIGKILL else (INTERRUPTED, b"interrupted\n")
    assert (process.returncode, said) == expected
    pids = [int(pid) for pid in started.read_text().split()]
    until(lambda: not any(map(psutil.pid_exists, pids)))
    until(lambda: not list(scratch.iterdir()))


def test_a_review_by_real_terraform_that_is_ended_does_not_go_on(write: Write, tmp_path: Path) -> None:
    needs = [", ".join(f"terraform_data.r{m}.id" for m in range(max(0, n - 9), n)) for n in range(1000)]
    many = "".join(f'resource "terraform_data" "r{n}" {{\n  input = [{each}]\n}}\n' for n, each in enumerate(needs))
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    process = subprocess.Popen(
        [sys.executable, "-m", "plan_review", str(write("stack/main.tf", many).parent), "--provider", "offline"],
        env={**os.environ, "TMPDIR": str(scratch)},
        stderr=subprocess.PIPE,
    )
    until(lambda: process.poll() is not None or list(scratch.glob(f"{PREFIX}*/configuration/.terraform*")))
    process.terminate()
    asked = time.monotonic()
    _, said = process.communicate(timeout=60)
    assert time.monotonic() - asked < 8  # Terraform would have gone on for twice as long
    assert (process.returncode, said) == (INTERRUPTED, b"interrupted\n")
    assert list(scratch.iterdir()) == []


def test_a_reader_that_has_seen_enough_is_no_failure_and_leaves_nothing(write: Write, tmp_path: Path) -> None:
    folder = write("stack/main.tf", 'resource "terraform_data" "a" {}\n').parent
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as closed:
        done = subprocess.run(
            [sys.executable, "-m", "plan_review", str(folder), "--provider", "offline"],
            env={**os.environ, "TMPDIR": str(scratch)},
            stdout=closed,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert (done.returncode, done.stderr) == (CLEAN, b"")
    assert list(scratch.iterdir()) == []


def test_a_folder_and_a_group_end_with_the_block() -> None:
    with Guard() as guard:
        stray = subprocess.Popen(["sleep", "300"], process_group=guard.group)
        (guard.folder / "x").write_text("x")
    assert stray.wait(timeout=10) == -signal.SIGKILL
    assert not guard.folder.exists()


def test_what_a_person_told_to_go_on_without_a_terminal_goes_on() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with termination_as_interrupt():
            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)
