"""Reading a media file's properties with PyAV (FFmpeg's libraries in process).

Only containers that MediaConvert takes are opened, and only the file itself is read: a playlist could otherwise
name other files of this machine. One video frame is decoded, for the rotation that phones record
and for interlacing.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import av
import av.error

from local_mediaconvert.media.tracks import AudioTrack, DataTrack, Media, VideoTrack

if TYPE_CHECKING:
    import io

    from av.audio.stream import AudioStream
    from av.container import InputContainer
    from av.stream import Stream
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

CONTAINERS = (
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,mxf,wav,avi,mpegts,mpeg,mp3,flac,asf,ogg,aac,ac3,eac3,flv,gxf,dv,h264,hevc"
)
"""Demuxers for the containers in the user guide's "Supported input formats"."""
_FIELD_ORDERS = {2: True, 3: False, 4: False, 5: True}
"""FFmpeg's ``AVFieldOrder`` of interlaced video → whether the top field is shown first."""
_STANDARD_RATES = tuple(
    Fraction(*rate)
    for rate in (
        *((10, 1), (12, 1), (15, 1), (24000, 1001), (24, 1), (25, 1), (30000, 1001), (30, 1)),
        *((48, 1), (50, 1), (60000, 1001), (60, 1), (100, 1), (120, 1)),
    )
)
_SAME_RATE = 0.02
"""How far a file's nominal rate may lie from its average for its rate to count as constant."""
_HIGHEST_VARIABLE_RATE = 60
_ROUNDING = 0.0005


class UnreadableMediaError(Exception):
    """The file cannot be opened as media; the text says why."""


def probe(source: str | io.RawIOBase) -> Media:
    """The properties of the file at a path, or of an open one that can seek.

    Raises:
        UnreadableMediaError: it is empty, no media file, of no supported container, or damaged at its start.

    """
    options = {"format_whitelist": CONTAINERS, "protocol_whitelist": "file"}
    try:
        with av.open(source, "r", container_options=options, metadata_errors="replace") as container:
            return _read(container)
    except (av.error.FFmpegError, av.error.ArgumentError, OSError) as error:
        raise UnreadableMediaError(_reason(error)) from error


def _reason(error: Exception) -> str:
    text = getattr(error, "strerror", None) or str(error)
    if isinstance(error, av.error.InvalidDataError | av.error.ArgumentError | av.error.EOFError):
        return "No parser found for container"
    return str(text)


def _read(container: InputContainer) -> Media:
    duration = container.duration / av.time_base if container.duration else None
    pictures = {stream.index for stream in container.streams.video if _is_picture(stream)}
    streams = [stream for stream in container.streams.video if stream.codec_context and stream.index not in pictures]
    video = tuple(_video(container, stream) for stream in streams)
    audio = tuple(_audio(stream) for stream in container.streams.audio if stream.codec_context)
    known = pictures | {track.index for track in video} | {track.index for track in audio}
    return Media(
        formats=tuple(container.format.name.split(",")),
        brand=str(container.metadata.get("major_brand", "")).strip(),
        duration=duration,
        bit_rate=container.bit_rate or None,
        video=video,
        audio=audio,
        data=tuple(_data(stream) for stream in container.streams if stream.index not in known),
    )


def _is_picture(stream: VideoStream) -> bool:
    """Whether the "video" is a cover picture of an audio file."""
    return bool(stream.disposition & av.stream.Disposition.attached_pic)


def _video(container: InputContainer, stream: VideoStream) -> VideoTrack:
    frame = _first_frame(container, stream)
    context = stream.codec_context
    video_format = context.format
    order = int(context.field_order)
    return VideoTrack(
        index=stream.index,
        codec=context.name,
        fourcc=str(context.codec_tag).strip("\0"),
        width=context.width,
        height=context.height,
        pixel_aspect=stream.sample_aspect_ratio or Fraction(1),
        frame_rate=_frame_rate(stream),
        # FFmpeg's angle turns counterclockwise.
        rotation=-int(frame.rotation) % 360 if frame else 0,
        interlaced=order in _FIELD_ORDERS or bool(frame and frame.interlaced_frame),
        top_field_first=_FIELD_ORDERS.get(order),
        bit_depth=video_format.components[0].bits if video_format and video_format.components else 8,
        pixel_format=video_format.name if video_format else "",
        duration=_duration(stream),
        bit_rate=context.bit_rate or None,
        color_primaries=int(context.color_primaries),
        color_transfer=int(context.color_trc),
        color_matrix=int(context.colorspace),
        profile=stream.profile,
    )


def _first_frame(container: InputContainer, stream: VideoStream) -> VideoFrame | None:
    try:
        return next(container.decode(stream), None)
    except av.error.FFmpegError:
        # Transcoding will meet the same damage and say so; a probe still has the rest to tell.
        return None


def _frame_rate(stream: VideoStream) -> Fraction:
    """The constant rate to transcode at, also where the source's own rate varies.

    The nominal rate is the lowest that fits every frame's time. Where it is absurd (a phone's recording can give
    90,000), the next standard rate above the average is taken.
    """
    average, nominal = stream.average_rate, stream.base_rate
    if not average or not nominal:
        return average or nominal or Fraction(25)
    constant = abs(nominal / average - 1) < _SAME_RATE
    if constant or average < nominal <= _HIGHEST_VARIABLE_RATE:
        return _standard(nominal)
    above = [rate for rate in _STANDARD_RATES if rate >= average * (1 - _SAME_RATE)]
    return above[0] if above else _STANDARD_RATES[-1]


def _standard(rate: Fraction) -> Fraction:
    """The standard rate that ``rate`` is a rounded form of (2997/100 for 30000/1001), else itself."""
    return min(_STANDARD_RATES, key=lambda one: abs(one / rate - 1)) if _is_rounded(rate) else rate


def _is_rounded(rate: Fraction) -> bool:
    return any(abs(one / rate - 1) < _ROUNDING for one in _STANDARD_RATES)


def _audio(stream: AudioStream) -> AudioTrack:
    context = stream.codec_context
    sample_format = context.format
    exact = context.name.startswith("pcm_") or context.name == "flac"
    return AudioTrack(
        index=stream.index,
        codec=context.name,
        channels=context.layout.nb_channels,
        layout=context.layout.name,
        sample_rate=context.sample_rate,
        bit_depth=sample_format.bits if sample_format and exact else None,
        duration=_duration(stream),
        bit_rate=context.bit_rate or None,
        language=_language(stream),
    )


def _data(stream: Stream) -> DataTrack:
    context = stream.codec_context
    return DataTrack(index=stream.index, codec=context.name if context else "", language=_language(stream))


def _duration(stream: Stream) -> float | None:
    if stream.duration is None or stream.time_base is None:
        return None
    return float(stream.duration * stream.time_base)


def _language(stream: Stream) -> str | None:
    language = stream.metadata.get("language")
    return language if language and language != "und" else None
