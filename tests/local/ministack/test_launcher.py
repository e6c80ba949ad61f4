from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from typing import TYPE_CHECKING, Any

import pytest

from local_cloud.ministack import launcher
from local_cloud.ministack.patches import base
from tests.local.ministack.support import ROOT, start, wait_for

if TYPE_CHECKING:
    from pathlib import Path

    from tests.local.ministack.support import Emulator

SLEEPER = """
import os, time
def handler(event, context):
    open(event["file"], "w").write(str(os.getpid()))
    time.sleep(event["seconds"])
"""


def is_alive(pid: int) -> bool:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, 0)
        return True
    return False


def start_with_busy_worker(data_dir: Path) -> tuple[Emulator, int]:
    emulator = start(data_dir)
    note = data_dir / "pid"
    emulator.send(emulator.function(SLEEPER, Timeout=60), {"file": str(note), "seconds": 50})
    wait_for(lambda: note.exists() and note.read_text())
    return emulator, int(note.read_text())


def test_it_says_where_it_answers_and_answers_there(emulator: Emulator) -> None:
    assert (emulator.data_dir / "endpoint").read_text().strip() == emulator.endpoint
    with urllib.request.urlopen(f"{emulator.endpoint}/_ministack/health") as response:
        assert response.status == 200


def test_it_listens_on_loopback_only() -> None:
    with launcher.listen(0) as listener:
        assert listener.getsockname()[0] == "127.0.0.1"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_at_once_with_its_workers_port_and_files(tmp_path: Path, number: signal.Signals) -> None:
    emulator, worker = start_with_busy_worker(tmp_path)
    port = int(emulator.endpoint.rpartition(":")[2])

    asked = time.monotonic()
    emulator.process.send_signal(number)
    output, errors = emulator.process.communicate(timeout=10)

    assert time.monotonic() - asked < 2
    assert (emulator.process.returncode, output, errors) == (0, b"", b"")
    assert not is_alive(worker)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ministack.log", "pid"]
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", port))


def test_a_worker_ends_even_when_the_emulator_is_killed_and_the_next_start_clears_up(tmp_path: Path) -> None:
    emulator, worker = start_with_busy_worker(tmp_path)
    emulator.process.kill()
    emulator.process.communicate(timeout=10)

    wait_for(lambda: not is_alive(worker))
    (left_over,) = tmp_path.glob("run-*")
    next_one = start(tmp_path)
    assert not left_over.exists()
    next_one.process.terminate()
    next_one.process.communicate(timeout=10)


def test_it_can_end_with_the_process_that_started_it(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "local_cloud.ministack", "--data-dir", str(tmp_path), "--exit-with-parent"]
    script = f"import subprocess, sys; p = subprocess.Popen({command!r}); print(p.pid, flush=True); p.wait()"
    parent = subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE)
    assert parent.stdout is not None
    emulator = int(parent.stdout.readline())
    assert b"ready" in parent.stdout.readline()

    parent.kill()
    parent.wait()
    wait_for(lambda: not (tmp_path / "endpoint").exists() and not is_alive(emulator))
    parent.stdout.close()


def test_a_port_in_use_is_named_in_one_line() -> None:
    with launcher.listen(0) as taken:
        port = taken.getsockname()[1]
        ended = subprocess.run(
            [sys.executable, "-m", "local_cloud.ministack", "--port", str(port), "--data-dir", "unused"],
            cwd=ROOT, capture_output=True, text=True, check=False,
        )  # fmt: skip
    assert ended.returncode == 1
    assert ended.stderr.count("\n") == 1
    assert f"port {port}" in ended.stderr


def test_another_version_is_refused_by_naming_both(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launcher, "version", lambda _: "9.9.9")
    with pytest.raises(launcher.LauncherError, match=r"9\.9\.9.*1\.5\.33"):
        launcher.check_version()


def test_a_patch_refuses_code_it_was_not_written_for() -> None:
    with pytest.raises(base.PatchMismatchError, match=r"base\.expect has changed"):
        base.wrap(base, "expect", "000000000000")
    with pytest.raises(base.PatchMismatchError, match=r"base\.nothing is gone"):
        base.wrap(base, "nothing", "000000000000")


def test_every_patch_says_what_it_closes_and_until_when() -> None:
    listed = subprocess.run(
        [sys.executable, "-m", "local_cloud.ministack", "--list-patches"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    patches = [block.splitlines() for block in listed.split("\n\n")]
    modules = {path.stem for path in (ROOT / "local_cloud/ministack/patches").glob("*.py")}
    helpers = {"__init__", "base", "lambda_failure_targets", "permissions", "schedule"}
    assert {name for name, *_ in patches} == modules - helpers
    for _, summary, gap, until in patches:
        assert len(summary) > 20
        assert gap.startswith("  Gap: ")
        assert until.startswith("  Until: ")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (["--port", "99999"], "'99999' is no port"),
        (["--account", "1"], "'1' is no AWS account id"),
        (["--lambda-workers", "0"], "'0' is no number of workers"),
        (["--lambda-retry-seconds", "soon"], "'soon' is no time"),
        ([], "--data-dir"),
    ],
)
def test_a_wrong_argument_is_named(wrong: list[str], said: str, capsys: Any) -> None:
    from local_cloud.ministack.__main__ import main  # noqa: PLC0415 - a module that runs when it is imported as main

    with pytest.raises(SystemExit) as ended:
        main(wrong)
    assert ended.value.code == 2
    assert said in capsys.readouterr().err
