"""Packaging HLS: rendition playlists, packed audio, the multivariant playlist (RFC 8216)."""

from __future__ import annotations

import csv
import math
import posixpath
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from local_mediaconvert.media.codec_strings import AAC_LC, video_codec_string
from local_mediaconvert.settings.hls_settings import audio_group, hls_settings, rendition_sets
from local_mediaconvert.transcoding.ffmpeg_command import START_SECONDS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from local_mediaconvert.destinations import S3Location
    from local_mediaconvert.service_model import Json
    from local_mediaconvert.transcoding.plan import Group, Output

_CLOCK = 90_000
_HALF = 0.5
_ID3_OWNER = b"com.apple.streaming.transportStreamTimestamp\0"


@dataclass(frozen=True, slots=True)
class Segment:
    """A media segment in the job's folder and its length in seconds."""

    file: Path
    seconds: float

    @property
    def bits(self) -> int:
        """Size in bits."""
        return self.file.stat().st_size * 8


@dataclass(frozen=True, slots=True)
class Rendition:
    """One output's segments; ``codecs`` are RFC 6381 strings."""

    output: Output
    segments: tuple[Segment, ...]
    codecs: tuple[str, ...]

    @property
    def seconds(self) -> float:
        """Length of all segments."""
        return sum(segment.seconds for segment in self.segments)

    @property
    def average_bits(self) -> int:
        """Bits per second over all segments."""
        return round(sum(segment.bits for segment in self.segments) / self.seconds) if self.seconds else 0

    @property
    def peak_bits(self) -> int:
        """Bits per second of the densest segment."""
        return max((round(segment.bits / segment.seconds) for segment in self.segments if segment.seconds), default=0)

    @property
    def playlist(self) -> S3Location:
        """Where the rendition's own playlist goes."""
        return self.output.target.plus(".m3u8")

    def segment_target(self, number: int) -> S3Location:
        """Where the segment of this number (from 1) goes."""
        modifier = hls_settings(self.output.settings).get("segmentModifier", "")
        suffix = "aac" if self.output.packed_audio else "ts"
        return self.output.target.plus(f"{modifier}_{number:05d}.{suffix}")


def read_rendition(output: Output, group_settings: Json, folder: Path) -> Rendition:
    """The segments that ffmpeg wrote for ``output``, short last one merged, packed audio stamped."""
    with (folder / f"{output.name}.csv").open(newline="") as listing:
        rows = [(name, max(0.0, float(start)), float(end)) for name, start, end in csv.reader(listing)]
    starts = [start for _, start, _ in rows]
    ends = [*starts[1:], rows[-1][2]] if rows else []
    segments = [
        Segment(folder / name, end - start) for (name, _, _), start, end in zip(rows, starts, ends, strict=True)
    ]
    segments = _merge_last(segments, group_settings.get("minFinalSegmentLength", 0))
    if output.packed_audio:
        for segment, start in zip(segments, starts, strict=False):
            _stamp(segment.file, start)
    codecs = [video_codec_string(segments[0].file)] if output.video else []
    codecs += [AAC_LC] if output.audio else []
    return Rendition(output, tuple(segments), tuple(codecs))


def _merge_last(segments: list[Segment], least: float) -> list[Segment]:
    if len(segments) < 2 or segments[-1].seconds >= least:  # noqa: PLR2004 - merging takes two
        return segments
    *rest, before, last = segments
    with before.file.open("ab") as file:
        file.write(last.file.read_bytes())
    return [*rest, Segment(before.file, before.seconds + last.seconds)]


def _stamp(file: Path, start: float) -> None:
    """Begin packed audio with its time stamp in an ID3 PRIV frame (RFC 8216, section 3.4)."""
    ticks = round((START_SECONDS + start) * _CLOCK) & (1 << 33) - 1
    content = _ID3_OWNER + ticks.to_bytes(8, "big")
    frame = b"PRIV" + _synchsafe(len(content)) + b"\0\0" + content
    file.write_bytes(b"ID3\4\0\0" + _synchsafe(len(frame)) + frame + file.read_bytes())


def _synchsafe(number: int) -> bytes:
    return bytes(number >> shift & 0x7F for shift in (21, 14, 7, 0))


def rendition_playlist(rendition: Rendition, settings: Json) -> str:
    """The playlist of one rendition."""
    durations = [segment.seconds for segment in rendition.segments]
    longest = max(durations, default=0.0)
    legacy = settings.get("targetDurationCompatibilityMode", "LEGACY") == "LEGACY"
    target = math.ceil(round(longest, 3)) if legacy else math.floor(longest + _HALF)
    lines = ["#EXTM3U", "#EXT-X-VERSION:3", f"#EXT-X-TARGETDURATION:{max(target, 1)}"]
    lines += ["#EXT-X-MEDIA-SEQUENCE:1", "#EXT-X-PLAYLIST-TYPE:VOD"]
    whole = settings.get("manifestDurationFormat") == "INTEGER"
    for number, seconds in enumerate(durations, 1):
        lines.append(f"#EXTINF:{round(seconds)}," if whole else f"#EXTINF:{seconds:.6f},")
        lines.append(settings.get("baseUrl", "") + _uri(rendition.segment_target(number)))
    return "\n".join([*lines, "#EXT-X-ENDLIST", ""])


def multivariant_playlist(group: Group, renditions: list[Rendition]) -> str:
    """The group's main playlist: audio groups first, then one variant for each output that can play alone."""
    video = [rendition for rendition in renditions if rendition.output.video]
    audio = [rendition for rendition in renditions if not rendition.output.video]
    alternates = [rendition for rendition in audio if video and _track_type(rendition) != "AUDIO_ONLY_VARIANT_STREAM"]
    lines = ["#EXTM3U", "#EXT-X-VERSION:4", "#EXT-X-INDEPENDENT-SEGMENTS"]
    lines += _media_lines(alternates)
    for rendition in renditions:
        if rendition not in alternates:
            lines += _variant(rendition, alternates, group.settings)
    return "\n".join([*lines, ""])


def _track_type(rendition: Rendition) -> str:
    return str(hls_settings(rendition.output.settings).get("audioTrackType", ""))


def _media_lines(alternates: list[Rendition]) -> Iterator[str]:
    """``EXT-X-MEDIA`` for every audio rendition; the first of a group is its default where none is chosen."""
    chosen = {audio_group(one.output.settings) for one in alternates if _track_type(one).endswith("SELECT_DEFAULT")}
    for number, rendition in enumerate(alternates, 1):
        group, kind = audio_group(rendition.output.settings), _track_type(rendition)
        default = kind.endswith("SELECT_DEFAULT") or (not kind and group not in chosen)
        chosen.add(group)
        description = rendition.output.settings["audioDescriptions"][0]
        audio = rendition.output.audio
        attributes = [f'TYPE=AUDIO,GROUP-ID="{group}"']
        if audio and audio.language:
            attributes.append(f'LANGUAGE="{audio.language}"')
        attributes.append(f'NAME="{description.get("streamName") or f"Audio {number}"}"')
        selected = kind != "ALTERNATE_AUDIO_NOT_AUTO_SELECT"
        attributes.append(f"AUTOSELECT={'YES' if selected else 'NO'},DEFAULT={'YES' if default else 'NO'}")
        attributes.append(f'CHANNELS="{audio.channels if audio else 0}"')
        if hls_settings(rendition.output.settings).get("descriptiveVideoServiceFlag") == "FLAG":
            attributes.append('CHARACTERISTICS="public.accessibility.describes-video"')
        yield f'#EXT-X-MEDIA:{",".join(attributes)},URI="{_uri(rendition.playlist)}"'


def _variant(rendition: Rendition, alternates: list[Rendition], settings: Json) -> list[str]:
    """``EXT-X-STREAM-INF`` and URI; with several audio groups, one pair for each."""
    groups = rendition_sets(rendition.output.settings) if rendition.output.video else []
    present = [group for group in groups if any(audio_group(one.output.settings) == group for one in alternates)]
    lines = []
    for group in present or [""]:
        heard = [one for one in alternates if audio_group(one.output.settings) == group]
        peak = rendition.peak_bits + max((one.peak_bits for one in heard), default=0)
        average = rendition.average_bits + max((one.average_bits for one in heard), default=0)
        codecs = dict.fromkeys([*rendition.codecs, *(codec for one in heard for codec in one.codecs)])
        attributes = [f"BANDWIDTH={peak},AVERAGE-BANDWIDTH={average}", f'CODECS="{",".join(codecs)}"']
        if video := rendition.output.video:
            size = video.geometry.frame
            if settings.get("streamInfResolution", "INCLUDE") == "INCLUDE":
                attributes.append(f"RESOLUTION={size.width}x{size.height}")
            attributes.append(f"FRAME-RATE={float(video.frame_rate):.3f}")
        attributes += [f'AUDIO="{group}"'] if group else []
        lines += [f"#EXT-X-STREAM-INF:{','.join(attributes)}", _uri(rendition.playlist)]
    return lines


def _uri(location: S3Location) -> str:
    """The object's name, relative to its playlist; URIs in playlists are percent-encoded (RFC 3986)."""
    return quote(posixpath.basename(location.key), safe="")
