"""Proof that a stream plays: every rendition of a downloaded HLS package is decoded to its end and measured."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from local_cloud.video import Media, VideoError, inspect

if TYPE_CHECKING:
    from pathlib import Path

    from mypy_boto3_s3 import S3Client

_VARIANT = re.compile(r"#EXT-X-STREAM-INF:[^\n]*\n(?:#[^\n]*\n)*([^#\s][^\n]*)")
_AUDIO = re.compile(r'#EXT-X-MEDIA:[^\n]*TYPE=AUDIO[^\n]*URI="([^"]+)"')


@dataclass(frozen=True)
class Check:
    """What was found in one playlist; ``faults`` is empty where it is as it must be."""

    playlist: str
    media: Media | None
    faults: tuple[str, ...] = field(default=())


def download(s3: S3Client, bucket: str, prefix: str, folder: Path) -> list[Path]:
    """Copy all objects below a prefix into a folder, their names below the prefix kept; return the files."""
    files = []
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
        for entry in page.get("Contents", []):
            path = folder / entry["Key"].removeprefix(prefix).lstrip("/")
            path.parent.mkdir(parents=True, exist_ok=True)
            s3.download_file(bucket, entry["Key"], str(path))
            files.append(path)
    return files


def check_stream(playlist: Path, source: Media | None) -> list[Check]:
    """Decode every rendition named in a multivariant playlist and compare it with the source.

    Each must play to its end, last as long as the source within one of the source's frames, not be scaled up, and
    the package must have sound just where the source has. Without a source (one that is damaged, say) each must play.
    """
    text = playlist.read_text()
    variants, sounds = _VARIANT.findall(text), _AUDIO.findall(text)
    checks = [_check(playlist.parent / name.strip(), source) for name in dict.fromkeys(variants)]
    checks += [_check(playlist.parent / name, source) for name in dict.fromkeys(sounds)]
    if not variants:
        checks.append(Check(playlist.name, None, ("the multivariant playlist names no rendition",)))
    sounding = any(check.media and check.media.has_audio for check in checks)
    if source and sounding != source.has_audio:
        fault = "the source has sound, the stream has none" if source.has_audio else "the stream has sound of its own"
        checks.append(Check(playlist.name, None, (fault,)))
    return checks


def _check(playlist: Path, source: Media | None) -> Check:
    try:
        media = inspect(playlist)
    except VideoError as error:
        return Check(playlist.name, None, (str(error),))
    return Check(playlist.name, media, _differences(media, source) if source else ())


def _differences(media: Media, source: Media) -> tuple[str, ...]:
    faults = []
    # One frame of the source; where there is no picture, one frame of AAC at 48 kHz and its encoder delay.
    allowed = source.frame_seconds if media.width else max(source.frame_seconds, 3 * 1024 / 48000)
    if abs(media.duration - source.duration) > allowed + 0.001:
        faults.append(f"it lasts {media.duration:.3f} s, the source {source.duration:.3f} s")
    if source.width and min(media.width, media.height) > min(source.width, source.height):
        faults.append(f"it was scaled up: {media.width}x{media.height} from {source.width}x{source.height}")
    return tuple(faults)
