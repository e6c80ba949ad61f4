"""What MediaConvert's Probe says of a source, reduced to what the ladder and the job need."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from lambda_src.errors import UnreadableMediaError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_HDR_TRANSFERS = ("SMPTE_2084", "ARIB_B67")  # PQ and HLG


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """The first video track. ``width`` and ``height`` are square pixels as displayed: aspect and rotation applied.

    ``bitrate`` is in bits per second, None where unknown.
    """

    width: int
    height: int
    codec: str
    bitrate: int | None = None
    rotation: int = 0
    interlaced: bool = False
    hdr: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Sound:
    """The first audio track; ``channels`` is None where unknown."""

    channels: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A playable source: picture, sound or both. ``duration`` is in seconds, None where unknown."""

    container: str
    duration: float | None
    picture: Picture | None
    sound: Sound | None


def parse_probe(result: Mapping[str, Any]) -> Source:
    """Read one ``ProbeResult`` of MediaConvert's Probe.

    Raises ``UnreadableMediaError`` where it names neither a picture nor sound.
    """
    container = result.get("Container") or {}
    tracks = [track for track in container.get("Tracks") or [] if track.get("Codec") != "UNKNOWN"]
    picture = next(_pictures(tracks, container.get("BitRate")), None)
    sound = next(
        (
            Sound(channels=(track.get("AudioProperties") or {}).get("Channels"))
            for track in tracks
            if track.get("TrackType") == "audio"
        ),
        None,
    )
    if picture is None and sound is None:
        raise UnreadableMediaError("the file holds no picture and no sound that can be played")
    return Source(
        container=container.get("Format") or "",
        duration=_duration(container, tracks),
        picture=picture,
        sound=sound,
    )


def _pictures(tracks: Iterable[Mapping[str, Any]], container_bitrate: int | None) -> Iterator[Picture]:
    for track in tracks:
        properties = track.get("VideoProperties") or {}
        width, height = properties.get("Width") or 0, properties.get("Height") or 0
        if track.get("TrackType") != "video" or width <= 0 or height <= 0:
            continue
        essence = properties.get("CodecMetadata") or {}
        rotation = (properties.get("Rotation") or 0) % 360
        width = round(width * (_pixel_aspect(properties) or _pixel_aspect(essence) or 1))
        transfers = (properties.get("TransferCharacteristics"), essence.get("TransferCharacteristics"))
        yield Picture(
            width=height if rotation in (90, 270) else width,
            height=width if rotation in (90, 270) else height,
            codec=track.get("Codec") or "",
            bitrate=properties.get("BitRate") or container_bitrate or None,
            rotation=rotation if rotation in (90, 180, 270) else 0,
            interlaced="interlaced" in str(essence.get("ScanType") or "").lower() or bool(essence.get("FieldOrder")),
            hdr=any(transfer in _HDR_TRANSFERS for transfer in transfers),
        )


def _pixel_aspect(holder: Mapping[str, Any]) -> Fraction | None:
    ratio = holder.get("SampleAspectRatio") or {}
    numerator, denominator = ratio.get("Numerator") or 0, ratio.get("Denominator") or 0
    if numerator <= 0 or denominator <= 0:
        return None
    aspect = Fraction(numerator, denominator)
    # Real pixels are nowhere near this lopsided; a damaged header is, and it would shrink the picture to a line.
    return aspect if Fraction(1, 4) <= aspect <= 4 else None  # noqa: PLR2004 - the two bounds mirror each other


def _duration(container: Mapping[str, Any], tracks: Iterable[Mapping[str, Any]]) -> float | None:
    durations = [track.get("Duration") for track in tracks]
    longest = container.get("Duration") or max((d for d in durations if d), default=None)
    return float(longest) if longest and longest > 0 else None
