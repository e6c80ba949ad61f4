"""Videos as people upload them, whole and spoilt, each made by ffmpeg when asked for."""

import subprocess
from pathlib import Path

import imageio_ffmpeg

from local_cloud.video import make_test_video


def _ffmpeg(*arguments: str | Path) -> None:
    subprocess.run([imageio_ffmpeg.get_ffmpeg_exe(), "-loglevel", "error", "-y", *arguments], check=True)


def whole(folder: Path) -> Path:
    """Return 3 s of 640x360 with sound."""
    path = folder / "whole.mp4"
    if not path.exists():
        make_test_video(path, seconds=3, width=640, height=360, rate=25)
    return path


def silent(folder: Path) -> Path:
    """Return a video without an audio track."""
    path = folder / "silent.mp4"
    _ffmpeg("-i", whole(folder), "-an", "-c", "copy", path)
    return path


def sound_only(folder: Path) -> Path:
    """Return a video file that holds an audio track only."""
    path = folder / "sound.mp4"
    _ffmpeg("-i", whole(folder), "-vn", "-c", "copy", path)
    return path


def portrait(folder: Path) -> Path:
    """Return an upright video of odd proportions."""
    path = folder / "portrait.mov"
    _ffmpeg(
        "-i",
        whole(folder),
        "-vf",
        "scale=202:360,setsar=1",
        "-c:v",
        "libx264",
        "-preset",
        "ultrafast",
        "-c:a",
        "copy",
        path,
    )
    return path


def empty(folder: Path) -> Path:
    """Return a file of no bytes."""
    path = folder / "empty.mp4"
    path.write_bytes(b"")
    return path


def not_a_video(folder: Path) -> Path:
    """Return a text with the name of a video."""
    path = folder / "text.mp4"
    path.write_text("This is a shopping list: milk, bread, film.\n" * 200)
    return path


def truncated(folder: Path) -> Path:
    """Return a video whose index stands at its end and whose end is missing, as after a broken copy."""
    path, entire = folder / "truncated.mp4", folder / "entire.mp4"
    _ffmpeg("-i", whole(folder), "-c", "copy", "-movflags", "-faststart", entire)
    content = entire.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    return path
