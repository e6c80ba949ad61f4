"""Whatever ffmpeg does, a run ends, with a reason that a person can use."""

from __future__ import annotations

import sys
import threading
import time
from typing import TYPE_CHECKING

import pytest

from local_mediaconvert.job_errors import JobCanceledError, JobError
from local_mediaconvert.transcoding.ffmpeg_runner import Run, executable

if TYPE_CHECKING:
    from pathlib import Path

SILENT = [sys.executable, "-c", "import time; time.sleep(60)"]


def run(folder: Path, arguments: list[str], canceled: threading.Event | None = None) -> list[tuple[float, int]]:
    """Runs a command as if it were ffmpeg; gives the progress that it reported."""
    reported: list[tuple[float, int]] = []
    work = Run(folder, canceled or threading.Event(), lambda seconds, frames: reported.append((seconds, frames)))
    work.transcode(arguments, 1.0)
    return reported


def picture(*options: str) -> list[str]:
    source = [
        "-f",
        "lavfi",
        "-i",
        "testsrc2=size=64x36:rate=25:duration=1",
        "-progress",
        "pipe:1",
        "-stats_period",
        "0.05",
    ]
    return [executable(), "-hide_banner", "-nostdin", "-loglevel", "warning", *source, *options, "-f", "null", "-"]


def test_progress_is_told_in_seconds_and_frames(tmp_path: Path) -> None:
    seconds, frames = run(tmp_path, picture())[-1]
    assert seconds == pytest.approx(1.0, abs=0.05)
    assert frames == 25


def test_a_run_that_stands_still_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("local_mediaconvert.transcoding.ffmpeg_runner._STALL_SECONDS", 0.3)
    began = time.monotonic()
    with pytest.raises(JobError, match="stood still") as caught:
        run(tmp_path, SILENT)
    assert caught.value.code == 1999
    assert time.monotonic() - began < 5


def test_a_canceled_run_ends_at_once(tmp_path: Path) -> None:
    canceled = threading.Event()
    threading.Timer(0.2, canceled.set).start()
    began = time.monotonic()
    with pytest.raises(JobCanceledError):
        run(tmp_path, SILENT, canceled)
    assert time.monotonic() - began < 2


def test_settings_that_the_encoder_refuses_are_a_settings_error(tmp_path: Path) -> None:
    with pytest.raises(JobError, match="The encoder refuses the settings") as caught:
        run(tmp_path, picture("-c:v", "libx264", "-pix_fmt", "yuv444p", "-profile:v", "baseline"))
    assert caught.value.code == 1040


def test_any_other_failure_is_told_in_ffmpegs_last_words(tmp_path: Path) -> None:
    with pytest.raises(JobError, match=r"Transcoding failed: .*nonsense") as caught:
        run(tmp_path, picture("-filter:v", "nonsense"))
    assert caught.value.code == 1999
    assert " @ 0x" not in caught.value.message, "no addresses"
