"""Which object keys are taken for video."""

from __future__ import annotations

VIDEO_SUFFIXES: tuple[str, ...] = (
    ".mp4",
    ".mov",
    ".m4v",
    ".mkv",
    ".webm",
    ".avi",
    ".mxf",
    ".ts",
    ".mts",
    ".m2ts",
    ".mpg",
    ".mpeg",
    ".wmv",
    ".flv",
    ".3gp",
)
"""Lower case, with the dot. Sound-only formats (.mp3, .wav …) are left out on purpose."""


def is_video_key(key: str) -> bool:
    """Tell whether a raw object key ends in a video suffix, in either case, behind a name of at least one character."""
    name = key.rpartition("/")[2].lower()
    return any(name.endswith(suffix) and len(name) > len(suffix) for suffix in VIDEO_SUFFIXES)


def without_suffix(key: str) -> str:
    """Return a key without its video suffix; any other key unchanged."""
    lowered = key.lower()
    for suffix in VIDEO_SUFFIXES:
        if lowered.endswith(suffix):
            return key[: -len(suffix)]
    return key
