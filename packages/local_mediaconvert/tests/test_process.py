"""The server as a process of its own: ready, working, gone without a trace."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from typing import TYPE_CHECKING

import pytest

from .conftest import mediaconvert_client, wait_until
from .jobs import INPUT_BUCKET, OUTPUT_BUCKET, file_group, job, mp4, simple_job

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from typing import Any

COMMAND = [sys.executable, "-m", "local_mediaconvert"]


def started(endpoint: str, folder: Path) -> tuple[subprocess.Popen[str], str]:
    """A server process and its URL."""
    arguments = [*COMMAND, "--port", "0", "--endpoint", endpoint, "--data-dir", str(folder / "data")]
    process = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout
    line = process.stdout.readline()
    match = re.fullmatch(r"ready (http://127\.0\.0\.1:\d+)\n", line)
    assert match, line
    return process, match[1]


@pytest.fixture
def server(emulator: str, tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    process, url = started(emulator, tmp_path)
    yield process, url
    process.kill()
    process.communicate()


def test_it_says_when_it_is_ready_and_answers_health_checks(server: tuple[subprocess.Popen[str], str]) -> None:
    with urllib.request.urlopen(f"{server[1]}/_health", timeout=5) as answer:
        assert answer.status == 200


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_at_once_with_its_ffmpeg_and_its_files(
    number: signal.Signals,
    server: tuple[subprocess.Popen[str], str],
    tmp_path: Path,
    endless: str,
    ffmpegs_in: Callable[[Path], int],
) -> None:
    process, url = server
    output = mp4(sound=False)
    output["VideoDescription"] |= {"Width": 1920, "Height": 1080}
    request = job(file_group(output, destination=f"s3://{OUTPUT_BUCKET}/never/x"), key=endless)
    mediaconvert_client(url).create_job(**request)
    wait_until(lambda: ffmpegs_in(tmp_path) == 1, "ffmpeg")
    began = time.monotonic()
    process.send_signal(number)
    out, _ = process.communicate(timeout=10)
    assert time.monotonic() - began < 3
    assert process.returncode == 0
    assert out == "", "the ready line is all it prints"
    assert ffmpegs_in(tmp_path) == 0
    assert list((tmp_path / "data").iterdir()) == []
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(f"{url}/_health", timeout=5)


@pytest.fixture(scope="module")
def endless(clips: Path, ffmpeg: Callable[..., None], s3: Any) -> str:
    """A clip that takes long to transcode."""
    path = clips / "endless.mp4"
    ffmpeg("-f", "lavfi", "-i", "testsrc2=size=160x90:rate=25:duration=60", "-preset", "ultrafast", path)
    s3.upload_file(str(path), INPUT_BUCKET, "endless.mp4")
    return "endless.mp4"


def test_a_silent_s3_does_not_hold_up_the_end(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        endpoint = f"http://127.0.0.1:{silent.getsockname()[1]}"
        process, url = started(endpoint, tmp_path)
        made = mediaconvert_client(url).create_job(**simple_job())["Job"]
        assert made["Status"] == "SUBMITTED"
        silent.accept()
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=10)
    assert time.monotonic() - began < 5
    assert process.returncode == 0
    assert list((tmp_path / "data").iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--port", "0"], "--endpoint"),
        (["--port", "x", "--endpoint", "http://h"], "'x' should be a port number from 0 to 65535"),
        (["--port", "99999", "--endpoint", "http://h"], "'99999' should be a port number from 0 to 65535"),
        (["--port", "0", "--endpoint", "nonsense", "--data-dir", "d"], "'nonsense' should be a URL such as"),
        (["--port", "1", "--endpoint", "http://h", "--data-dir", "/dev/null/d"], "cannot start on port 1"),
        (["--port", "0", "--endpoint", "http://h", "--host", "here"], "'here' should be an address such as 127.0.0.1"),
        (["--port", "0", "--endpoint", "http://h", "--host", "0.0.0.0"], "--host 0.0.0.0 can be reached from other"),  # noqa: S104 - it is refused
    ],
)
def test_a_wrong_command_line_is_explained(arguments: list[str], message: str) -> None:
    done = subprocess.run([*COMMAND, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode in {1, 2}
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_another_address_of_this_machine_can_be_served(emulator: str, tmp_path: Path) -> None:
    arguments = ["--port", "0", "--endpoint", emulator, "--data-dir", str(tmp_path), "--host", "::1"]
    process = subprocess.Popen([*COMMAND, *arguments], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        url = process.stdout.readline().split()[1]
        assert url.startswith("http://[::1]:")
        with urllib.request.urlopen(f"{url}/_health", timeout=5) as answer:
            assert answer.status == 200
    finally:
        process.terminate()
        process.communicate()


def test_the_help_has_an_example_and_the_exit_codes() -> None:
    done = subprocess.run([*COMMAND, "--help"], capture_output=True, text=True, check=True)
    assert "python -m local_mediaconvert --port 9099 --endpoint http://127.0.0.1:4566" in done.stdout
    assert "AWS_ENDPOINT_URL_MEDIACONVERT=http://127.0.0.1:9099" in done.stdout
    assert "exit codes: 0 ended by a signal, 1 " in done.stdout
