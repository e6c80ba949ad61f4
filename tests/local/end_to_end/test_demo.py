"""The demo with settings of a person's own, when it is interrupted, and when the video will not do."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest

from local_cloud import demo as demo_command
from local_cloud import processes
from local_cloud.console import Console
from local_cloud.video import make_test_video
from toolchain.bootstrap import ROOT


@pytest.fixture
def demo(tmp_path: Path) -> Iterator["subprocess.Popen[bytes]"]:
    (tmp_path / "tmp").mkdir()
    command: list[str | Path] = [sys.executable, "-m", "local_cloud", "demo", "--out", tmp_path / "demo"]
    environment = {**os.environ, "TMPDIR": str(tmp_path / "tmp")}
    child = processes.start(command, log=tmp_path / "log", cwd=ROOT, environment=environment)
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
    assert list((tmp_path / "tmp").iterdir()) == []
    assert "everything it started has been ended" in processes.tail(tmp_path / "log")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("command", ["demo", "up", "down"])
def test_a_command_that_is_interrupted_while_its_modules_load_ends_with_one_sentence(
    tmp_path: Path, command: str, number: signal.Signals
) -> None:
    place = "--out" if command == "demo" else "--build"
    words: list[str | Path] = [
        sys.executable, "-X", "importtime", "-m", "local_cloud", command, place, tmp_path / "out",
    ]  # fmt: skip
    child = processes.start(words, log=tmp_path / "log", cwd=ROOT)
    try:
        # The first thing that is loaded: all that takes its time is loaded after it.
        _wait_for(tmp_path / "log", r"\| +argparse\n")
        os.kill(child.pid, number)
        assert child.wait(10) == 130
    finally:
        processes.end(child)
    said = [line for line in (tmp_path / "log").read_text().splitlines() if not line.startswith("import time:")]
    assert said == ["interrupted before anything was started"]
    assert not (tmp_path / "out").exists()


def test_another_region_account_and_prefix_just_work_and_the_persons_own_files_stay(tmp_path: Path) -> None:
    document = json.loads((ROOT / "cdktf.json").read_text())
    local = document["context"]["environments"]["local"]
    local |= {"region": "eu-west-1", "account_id": "210987654321"}
    local["uploads"]["key_prefix"] = "incoming/"
    project, folder = tmp_path / "cdktf.json", tmp_path / "demo"
    project.write_text(json.dumps(document))
    (folder / "stream").mkdir(parents=True)
    (folder / "stream" / "old.ts").touch()
    (folder / ".demo-files").write_text("stream/old.ts\n")
    video = folder / "film.mp4"
    make_test_video(video, seconds=2, width=320, height=180, rate=25)
    before = video.read_bytes()

    shown = StringIO()
    assert demo_command.run(str(video), folder, Console(stream=shown), project=project) == 0, shown.getvalue()

    told = json.loads((folder / "notification.json").read_text())
    assert (told["key"], told["bucket"]) == ("incoming/film.mp4", "media-pipeline-local-uploads-210987654321")
    events = [json.loads(line) for line in (folder / "events.jsonl").read_text().splitlines()]
    assert {(event["region"], event["account"]) for event in events} == {("eu-west-1", "210987654321")}
    assert video.read_bytes() == before
    assert not (folder / "stream" / "old.ts").exists()
    assert (folder / "stream" / "index.m3u8").exists()


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
