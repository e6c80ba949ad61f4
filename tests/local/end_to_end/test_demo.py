"""What the demo does when it is interrupted, and when the video will not do."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from local_cloud import processes
from toolchain.bootstrap import ROOT


@pytest.fixture
def demo(tmp_path: Path) -> Iterator["subprocess.Popen[bytes]"]:
    command: list[str | Path] = [sys.executable, "-m", "local_cloud", "demo", "--out", tmp_path / "demo"]
    child = processes.start(command, log=tmp_path / "log", cwd=ROOT)
    yield child
    processes.end(child)


def _wait_for(path: Path, pattern: str, seconds: float = 90.0) -> None:
    deadline = time.monotonic() + seconds
    while not re.search(pattern, processes.tail(path, 200)):
        assert time.monotonic() < deadline, processes.tail(path)
        time.sleep(0.05)


@pytest.mark.parametrize(
    ("moment", "number"), [("Synthesizing|Initializing", signal.SIGINT), ("Creating", signal.SIGTERM)]
)
def test_an_interrupted_demo_leaves_no_process_no_port_and_no_working_folder(
    demo: "subprocess.Popen[bytes]", tmp_path: Path, moment: str, number: signal.Signals
) -> None:
    _wait_for(tmp_path / "demo" / "work" / "stack" / "cdktf.log.txt", moment)
    family = processes.descendants(demo.pid)
    commands = " ".join(map(processes.command_of, family))
    assert "local_cloud.ministack" in commands
    assert "local_mediaconvert" in commands
    assert "cdktf" in commands
    ports = re.findall(r"--port (\d+)", commands)
    os.kill(demo.pid, number)
    assert demo.wait(30) == 130
    assert [pid for pid in family if processes.is_alive(pid)] == []
    assert [port for port in ports if processes.answers(f"http://127.0.0.1:{port}/")] == []
    assert sorted(path.name for path in (tmp_path / "demo").iterdir()) == [".demo-files", "logs"]
    assert "everything it started has been ended" in processes.tail(tmp_path / "log")


def _demo(video: Path, tmp_path: Path) -> "subprocess.CompletedProcess[str]":
    command: list[str | Path] = [
        sys.executable,
        "-m",
        "local_cloud",
        "demo",
        "--video",
        video,
        "--out",
        tmp_path / "demo",
    ]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_a_video_that_is_not_there_is_named_before_anything_starts(tmp_path: Path) -> None:
    ended = _demo(tmp_path / "missing.mp4", tmp_path)
    assert ended.returncode == 2
    assert re.search(r"VIDEO is .*missing\.mp4'.*no such file; name a video file", ended.stderr)
    assert "Traceback" not in ended.stderr


def test_a_file_that_the_pipeline_does_not_take_is_named_with_what_it_takes(tmp_path: Path) -> None:
    notes = tmp_path / "notes.txt"
    notes.write_text("text")
    ended = _demo(notes, tmp_path)
    assert ended.returncode == 2
    assert re.search(r"VIDEO is .*notes\.txt'.*\.mp4", ended.stderr)
    assert "Traceback" not in ended.stderr
