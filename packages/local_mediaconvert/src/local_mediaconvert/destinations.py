"""Where outputs go and what they are called.

A destination that ends in ``/`` takes the input's file name without its suffix as base name. Names follow the
user guide's "Output file names and paths" and the docstring of ``FrameCaptureSettings`` in the service model:
``<base>.m3u8`` and ``<base><modifier>.m3u8``, segments ``<base><modifier><segment modifier>_00001.ts``, files
``<base><modifier>.mp4``, captures ``<base><modifier>.0000000.jpg``.
"""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from typing import Any

_SCHEME = "s3://"
DEFAULT_EXTENSIONS = {"M3U8": "m3u8", "MP4": "mp4", "RAW": "jpg"}
"""Suffix by container; RAW holds captured frames only here."""


@dataclass(frozen=True, slots=True)
class S3Location:
    """An object (or the beginning of object names): bucket and raw key, nothing URL-encoded."""

    bucket: str
    key: str

    @property
    def uri(self) -> str:
        """The location as ``s3://bucket/key``, with the raw key."""
        return f"{_SCHEME}{self.bucket}/{self.key}"

    def plus(self, text: str) -> S3Location:
        """The location whose key goes on with ``text``."""
        return S3Location(self.bucket, self.key + text)


def parse_s3(uri: str) -> S3Location | None:
    """The bucket and key of an ``s3://`` URI; ``None`` where it is no such URI or has no bucket."""
    bucket, _, key = uri.removeprefix(_SCHEME).partition("/")
    return S3Location(bucket, key) if uri.startswith(_SCHEME) and bucket else None


def base_location(destination: str, file_input: str) -> S3Location | None:
    """The destination with its base name, the input's name filled in where the destination gives none."""
    location = parse_s3(destination)
    if location is None or (location.key and not location.key.endswith("/")):
        return location
    return location.plus(posixpath.splitext(posixpath.basename(file_input))[0])


def output_name(output: dict[str, Any]) -> str:
    """What follows the group's base name in this output's file name, suffix included."""
    container = output["containerSettings"]["container"]
    extension = output.get("extension") or DEFAULT_EXTENSIONS[container]
    return f"{output.get('nameModifier', '')}.{extension}"
