"""A video to show the pipeline with: picture, motion and sound, made by ffmpeg, the same bytes of picture each time."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

import av
import imageio_ffmpeg

if TYPE_CHECKING:
    from pathlib import Path


class VideoError(Exception):
    """A file cannot be read as audio or video, or a video could not be made."""


@dataclass(frozen=True)
class Media:
    """What a media file or playlist holds. Durations and ``frame_seconds`` in seconds, sizes in pixels.

    ``width``, ``height`` and ``frame_seconds`` are 0 without a picture; ``has_audio`` says whether there is sound.
    """

    duration: float
    width: int
    height: int
    frame_seconds: float
    has_audio: bool


def make_test_video(path: Path, *, seconds: float = 10, width: int = 1920, height: int = 1080, rate: int = 30) -> None:
    """Write an MP4 with a moving test picture, a running clock and a pulsing tone; raises ``VideoError``."""
    picture = f"testsrc2=size={width}x{height}:rate={rate}:duration={seconds}"
    tone = f"sine=frequency=440:beep_factor=4:sample_rate=48000:duration={seconds}"
    command = [
        imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-loglevel", "error", "-y",
        "-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", tone,
        "-c:v", "libx264", "-preset", "ultrafast", "-crf", "23", "-pix_fmt", "yuv420p",
        "-c:a", "aac", "-b:a", "128k", "-movflags", "+faststart", str(path),
    ]  # fmt: skip
    completed = subprocess.run(command, capture_output=True, text=True, check=False, start_new_session=True)
    if completed.returncode:
        raise VideoError(f"ffmpeg could not make {path.name}: {completed.stderr.strip()}")


def inspect(path: Path) -> Media:
    """Decode a file's or a playlist's picture and sound to the end and return what was found.

    Raises ``VideoError`` where it cannot be opened or a packet cannot be decoded: what is returned has played.
    """
    try:
        with av.open(str(path)) as container:
            return _decode(container)
    except (av.FFmpegError, OSError, ValueError) as error:
        raise VideoError(f"{path.name} does not play: {error}") from error


def _decode(container: av.container.InputContainer) -> Media:
    videos, sounds = container.streams.video, container.streams.audio
    starts: dict[int, float] = {}
    ends: dict[int, float] = {}
    wanted = (*videos[:1], *sounds[:1])
    frame_seconds = float(1 / videos[0].average_rate) if videos and videos[0].average_rate else 0.0
    for frame in container.decode(*wanted):
        if isinstance(frame, av.VideoFrame):
            index, length = 0, frame_seconds
        elif isinstance(frame, av.AudioFrame):
            index, length = 1, frame.samples / frame.sample_rate
        else:
            continue
        if frame.time is None:
            continue
        starts[index] = min(starts.get(index, frame.time), frame.time)
        ends[index] = max(ends.get(index, frame.time), frame.time + length)
    if not ends:
        raise ValueError("it holds neither a picture nor a sound that can be decoded")
    main = 0 if 0 in ends else 1
    return Media(
        duration=ends[main] - starts[main],
        width=videos[0].width if 0 in ends else 0,
        height=videos[0].height if 0 in ends else 0,
        frame_seconds=frame_seconds if 0 in ends else 0.0,
        has_audio=1 in ends,
    )
