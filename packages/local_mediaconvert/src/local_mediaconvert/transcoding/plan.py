"""A job as ffmpeg will run it: decided values only, nothing left to default."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from fractions import Fraction

    from local_mediaconvert.destinations import S3Location
    from local_mediaconvert.media.tracks import VideoTrack
    from local_mediaconvert.service_model import Json


VideoCodec = Literal["AV1", "H_264", "H_265"]


@dataclass(frozen=True, slots=True)
class Size:
    """Width and height in pixels."""

    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Geometry:
    """The picture scaled to ``content``, then padded or cropped to ``frame``."""

    content: Size
    frame: Size
    pixel_aspect: Fraction


@dataclass(frozen=True, slots=True)
class RateControl:
    """Bits per second, and ``crf`` (the encoder's constant rate factor) instead of an average where quality is the aim.

    ``quality`` is the QVBR level asked for, ``buffer`` the decoder's buffer in bits, ``fill`` its share filled
    at the start.
    """

    crf: float | None
    average: int | None
    maximum: int
    buffer: int
    fill: float
    quality: float | None


@dataclass(frozen=True, slots=True)
class VideoEncode:
    """One rendition's picture. ``key_seconds`` forces an IDR frame at its multiples, beside every ``gop_frames``."""

    codec: VideoCodec
    profile: str
    entropy: str
    b_frames: int | None
    rate_control: RateControl
    frame_rate: Fraction
    gop_frames: int
    key_seconds: float | None
    geometry: Geometry
    sample_entry: str


@dataclass(frozen=True, slots=True)
class Capture:
    """Still pictures: the first frame, then one every ``1 / rate`` seconds, at most ``maximum``."""

    rate: Fraction
    maximum: int
    quality: int
    geometry: Geometry


@dataclass(frozen=True, slots=True)
class AudioEncode:
    """One AAC track; ``source`` is the input's stream, ``None`` for silence. ``bitrate`` in bits per second."""

    source: int | None
    bitrate: int
    sample_rate: int
    channels: int
    language: str | None


@dataclass(frozen=True, slots=True)
class Output:
    """One output of the job. ``name`` is that of its files in the job's folder, ``target`` their beginning in S3.

    ``segment_seconds`` is set for HLS; ``packed_audio`` means raw AAC segments instead of a transport stream.
    """

    name: str
    target: S3Location
    extension: str
    settings: Json
    video: VideoEncode | None = None
    audio: AudioEncode | None = None
    capture: Capture | None = None
    segment_seconds: float | None = None
    packed_audio: bool = False
    fast_start: bool = True


@dataclass(frozen=True, slots=True)
class Group:
    """An output group: its type (``HLS_GROUP`` or ``FILE_GROUP``), its settings, its base name in S3."""

    kind: Literal["HLS_GROUP", "FILE_GROUP"]
    settings: Json
    base: S3Location
    outputs: tuple[Output, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """The whole job.

    ``turn`` is how far the picture is turned clockwise, in degrees; ``duration`` in seconds. ``deinterlace`` is which
    frames lose their interlacing, ``to_rec709`` whether colours are brought to ITU-R BT.709.
    """

    video: VideoTrack | None
    turn: int
    deinterlace: Literal["none", "marked", "all"]
    to_rec709: bool
    duration: float
    groups: tuple[Group, ...]

    @property
    def outputs(self) -> tuple[Output, ...]:
        """All outputs of all groups, in the job's order."""
        return tuple(output for group in self.groups for output in group.outputs)

    @property
    def adds_silence(self) -> bool:
        """Whether an output gets silence because the input has no audio."""
        return any(output.audio and output.audio.source is None for output in self.outputs)
