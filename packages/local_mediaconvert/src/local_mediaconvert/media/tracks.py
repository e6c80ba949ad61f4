"""What a media file is: container, tracks, and the numbers that transcoding needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fractions import Fraction

HDR_TRANSFERS = (16, 18)
"""SMPTE ST 2084 (PQ) and ARIB STD-B67 (HLG), as ITU-T H.273 numbers them."""


@dataclass(frozen=True, slots=True)
class VideoTrack:
    """A video track.

    ``rotation`` is what players must turn it by, clockwise, in degrees (0 to 359); ``top_field_first`` is ``None``
    where the file does not say; colours are ITU-T H.273 code points.
    """

    index: int
    codec: str
    fourcc: str
    width: int
    height: int
    pixel_aspect: Fraction
    frame_rate: Fraction
    rotation: int
    interlaced: bool
    top_field_first: bool | None
    bit_depth: int
    pixel_format: str
    duration: float | None
    bit_rate: int | None
    color_primaries: int
    color_transfer: int
    color_matrix: int
    profile: str | None

    @property
    def is_hdr(self) -> bool:
        """Whether the brightness range is high: PQ or HLG."""
        return self.color_transfer in HDR_TRANSFERS

    @property
    def chroma(self) -> str | None:
        """Chroma subsampling as three digits (``420``), ``None`` for pictures that are not YUV."""
        return next((form for form in ("420", "422", "444", "411") if form in self.pixel_format), None)


@dataclass(frozen=True, slots=True)
class AudioTrack:
    """An audio track; ``language`` is an ISO 639-2 code, or ``None`` where the file names none."""

    index: int
    codec: str
    channels: int
    layout: str
    sample_rate: int
    bit_depth: int | None
    duration: float | None
    bit_rate: int | None
    language: str | None


@dataclass(frozen=True, slots=True)
class DataTrack:
    """A subtitle or data track."""

    index: int
    codec: str
    language: str | None


@dataclass(frozen=True, slots=True)
class Media:
    """A readable media file. ``duration`` is in seconds, ``formats`` are the demuxer's names for the container."""

    formats: tuple[str, ...]
    brand: str
    duration: float | None
    bit_rate: int | None
    video: tuple[VideoTrack, ...]
    audio: tuple[AudioTrack, ...]
    data: tuple[DataTrack, ...]

    @property
    def main_duration(self) -> float | None:
        """Seconds of the first video track, else of the first audio track, else of the file."""
        if self.video:
            return self.video[0].duration or self.duration
        return (self.audio[0].duration if self.audio else None) or self.duration
