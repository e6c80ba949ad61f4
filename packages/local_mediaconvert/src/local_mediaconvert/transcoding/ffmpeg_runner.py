"""Running ffmpeg: progress as it goes, an end when it must, its last words when it fails."""

from __future__ import annotations

import os
import re
import selectors
import subprocess
import time
from typing import TYPE_CHECKING

import imageio_ffmpeg

from local_mediaconvert.job_errors import READ_ERROR, SETTINGS, UNKNOWN, JobCanceledError, JobError

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable
    from pathlib import Path

_STALL_SECONDS = 120.0
"""ffmpeg reports four times a second; a run whose position stands still this long is given up."""
_POLL_SECONDS = 0.1
_SHORT_SECONDS = 0.2
_TAIL_BYTES = 20_000
_TRUNCATED = re.compile(r"partial file|File ended prematurely|Truncating packet|truncated", re.IGNORECASE)
_REFUSED = re.compile(r"Error (?:while )?opening encoder|Error initializing (?:output|encoder)|Invalid argument")
_ADDRESS = re.compile(r"^\[[^\]]*\] ")


def executable() -> str:
    """Path of the ffmpeg that ``imageio-ffmpeg`` ships."""
    return str(imageio_ffmpeg.get_ffmpeg_exe())


class Run:
    """One ffmpeg process. ``progress`` is called with seconds of output written and frames encoded."""

    def __init__(self, folder: Path, canceled: threading.Event, progress: Callable[[float, int], None]) -> None:
        self._log = folder / "ffmpeg.log"
        self._canceled = canceled
        self._progress = progress
        self._position = 0.0
        self._frames = 0

    def transcode(self, arguments: list[str], expected_seconds: float) -> None:
        """Run to the end.

        Raises:
            JobCanceledError: the job was canceled; ffmpeg is dead by then.
            JobError: ffmpeg failed, stalled, or the input ended before its time.

        """
        with (
            self._log.open("wb") as log,
            subprocess.Popen(
                arguments,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                # Ctrl-C reaches this process alone, which then ends ffmpeg itself.
                start_new_session=True,
            ) as process,
        ):
            try:
                self._follow(process)
            finally:
                if process.poll() is None:
                    process.kill()
        self._judge(process.returncode, expected_seconds)

    def _follow(self, process: subprocess.Popen[bytes]) -> None:
        if process.stdout is None:
            raise ValueError("ffmpeg was started without a pipe for its progress")
        pipe = process.stdout.fileno()
        moved, pending = time.monotonic(), b""
        with selectors.DefaultSelector() as selector:
            selector.register(pipe, selectors.EVENT_READ)
            while True:
                if self._canceled.is_set():
                    raise JobCanceledError
                if selector.select(_POLL_SECONDS):
                    chunk = os.read(pipe, 65536)
                    if not chunk:
                        process.wait()
                        return
                    *lines, pending = (pending + chunk).split(b"\n")
                    if self._read(lines):
                        moved = time.monotonic()
                if time.monotonic() - moved > _STALL_SECONDS:
                    raise JobError(UNKNOWN, f"transcoding stood still for {_STALL_SECONDS:.0f} s")

    def _read(self, lines: list[bytes]) -> bool:
        before = (self._position, self._frames)
        for line in lines:
            name, _, value = line.decode(errors="replace").strip().partition("=")
            if name == "out_time_us" and value.lstrip("-").isdigit():
                self._position = max(self._position, int(value) / 1e6)
            elif name == "frame" and value.isdigit():
                self._frames = int(value)
        moved = (self._position, self._frames) != before
        if moved:
            self._progress(self._position, self._frames)
        return moved

    def _judge(self, code: int, expected_seconds: float) -> None:
        text = self._tail()
        truncated = _TRUNCATED.search(text) and self._position + _SHORT_SECONDS < expected_seconds
        if truncated:
            found, wanted = f"{self._position:.2f}", f"{expected_seconds:.2f}"
            raise JobError(READ_ERROR, f"Unexpected end of the input file after {found} s of {wanted} s")
        if code == 0:
            return
        words = _last_words(text)
        if _REFUSED.search(text):
            raise JobError(SETTINGS, f"The encoder refuses the settings: {words}")
        raise JobError(UNKNOWN, f"Transcoding failed: {words}")

    def _tail(self) -> str:
        with self._log.open("rb") as log:
            size = log.seek(0, os.SEEK_END)
            log.seek(max(0, size - _TAIL_BYTES))
            return log.read().decode(errors="replace")


def _last_words(text: str) -> str:
    lines = [_ADDRESS.sub("", line).strip() for line in text.splitlines() if line.strip()]
    return " | ".join(lines[-3:]) or "ffmpeg said nothing"
