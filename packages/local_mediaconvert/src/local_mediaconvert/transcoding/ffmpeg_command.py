"""The command line for a plan: one ffmpeg, the input decoded once, every output from the same frames.

Renditions are scaled in a chain, each from the next larger one, which costs less than scaling each from the source.
Presets are x264's, x265's and SVT-AV1's fastest; the profile's own tools (CABAC, 8x8 transform) are switched on again,
so that a stream that asks for the High profile is one.

All streams of a job share one time line that starts at ``START_SECONDS``, also with B-frames and with the encoder
delay of AAC: ffmpeg must not shift streams to zero one by one, hence ``avoid_negative_ts``.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

from local_mediaconvert.media.probing import CONTAINERS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from local_mediaconvert.media.tracks import VideoTrack
    from local_mediaconvert.transcoding.plan import AudioEncode, Capture, Geometry, Output, Plan, VideoEncode

START_SECONDS = 10
"""Time stamp of the first frame; the docs promise two seconds or more (``M3u8Settings.PtsOffsetMode``)."""
_MUX_DELAY_SECONDS = 1.4
"""What ffmpeg's transport stream muxer adds to every time stamp, twice its ``-muxdelay`` of 0.7 s. Without that delay
it would give every audio frame a packet of its own, which more than doubles a low-rate audio rendition."""
_FRAME_SHARE = Fraction(1, 4)
"""Part of a frame by which times may differ and still mean the same frame."""
_TURN_FILTERS = {90: "transpose=clock", 180: "hflip,vflip", 270: "transpose=cclock"}
_TONE_MAPPING = (
    "zscale=t=linear:npl=100",
    "format=gbrpf32le",
    "zscale=p=bt709",
    "tonemap=hable:desat=0",
    "zscale=t=bt709:m=bt709:r=tv",
)
_UNSPECIFIED_COLOR = 2
_REC709_COLOR = 1
"""ITU-T H.273 code points, the same for primaries, transfer and matrix."""
_WORST_JPEG_SCALE = 31
_BEST_JPEG_SCALE = 2
_HUNDRED = 100
_FASTEST_SVT_PRESET = "12"
_CHANNEL_LAYOUTS = {1: "mono", 2: "stereo", 6: "5.1"}


def command(executable: str, plan: Plan, source: Path, folder: Path) -> list[str]:
    """Arguments that run ``plan`` on the file ``source`` and write every output into ``folder``."""
    arguments = [executable, "-hide_banner", "-nostdin", "-y", "-loglevel", "warning", "-nostats"]
    arguments += ["-progress", "pipe:1", "-stats_period", "0.25"]
    if plan.video:
        # The turn is a filter; what the file says of it must neither act nor be passed on.
        arguments += ["-noautorotate", "-display_rotation", "0"]
    # A file that is really a playlist must not make ffmpeg read others.
    arguments += ["-format_whitelist", CONTAINERS, "-protocol_whitelist", "file", "-i", str(source)]
    if plan.adds_silence:
        arguments += ["-f", "lavfi", "-t", f"{plan.duration:.6f}", "-i", "anullsrc=r=48000:cl=stereo"]
    graph = filter_graph(plan)
    if graph:
        arguments += ["-filter_complex", graph]
    for output in plan.outputs:
        arguments += _output(output, folder)
    return arguments


def filter_graph(plan: Plan) -> str:
    """The filter graph that makes every output's pictures; empty where no output has any."""
    encodes = [output for output in plan.outputs if output.video]
    captures = [output for output in plan.outputs if output.capture]
    if plan.video is None or not (encodes or captures):
        return ""
    trunk = _preparation(plan, plan.video)
    branches = ["scaled"] if encodes else []
    branches += [f"raw{output.name}" for output in captures]
    labels = "".join(f"[{branch}]" for branch in branches)
    parts = [f"[0:{plan.video.index}]{','.join(trunk)},split={len(branches)}{labels}"]
    parts += _scaling_chain(encodes, plan.video.frame_rate)
    parts += [_capture_branch(output.name, output.capture) for output in captures if output.capture]
    return ";".join(parts)


def _preparation(plan: Plan, video: VideoTrack) -> list[str]:
    """What is done to every frame once: whole frames, upright, at a constant rate, in the outputs' colours."""
    filters = []
    if plan.deinterlace != "none":
        filters.append(f"bwdif=mode=send_frame:deint={'all' if plan.deinterlace == 'all' else 'interlaced'}")
    if plan.turn:
        filters.append(_TURN_FILTERS[plan.turn])
    filters.append(f"fps={video.frame_rate}:start_time=0")
    if plan.to_rec709:
        colors = {video.color_primaries, video.color_transfer, video.color_matrix}
        if video.is_hdr:
            filters += _TONE_MAPPING
        elif _UNSPECIFIED_COLOR not in colors and colors != {_REC709_COLOR}:
            filters.append("zscale=p=bt709:t=bt709:m=bt709:r=tv")
    return [*filters, "format=yuv420p"]


def _scaling_chain(encodes: list[Output], source_rate: Fraction) -> Iterator[str]:
    """Filters from ``[scaled]`` to ``[v<name>]`` for each output, from the largest picture to the smallest."""
    ordered = sorted(
        ((output.name, output.video) for output in encodes if output.video),
        key=lambda pair: -pair[1].geometry.content.width * pair[1].geometry.content.height,
    )
    links = ["scaled", *(f"next{name}" for name, _ in ordered[:-1]), None]
    for (name, video), (arriving, leaving) in zip(ordered, pairwise(links), strict=True):
        content = video.geometry.content
        scaled = f"[{arriving}]scale={content.width}:{content.height}"
        rate = "" if video.frame_rate == source_rate else f",fps={video.frame_rate}"
        finished = f"{rate}{_frame(video.geometry)}[v{name}]"
        if leaving:
            yield f"{scaled},split=2[own{name}][{leaving}]"
            yield f"[own{name}]null{finished}"
        else:
            yield f"{scaled}{finished}"


def _frame(geometry: Geometry) -> str:
    """Padding or cropping from the content to the frame, and the pixel aspect ratio."""
    content, frame = geometry.content, geometry.frame
    aspect = f",setsar={geometry.pixel_aspect.numerator}/{geometry.pixel_aspect.denominator}"
    if content == frame:
        return aspect
    if content.width > frame.width or content.height > frame.height:
        return f",crop={frame.width}:{frame.height}{aspect}"
    x, y = (frame.width - content.width) // 4 * 2, (frame.height - content.height) // 4 * 2
    return f",pad={frame.width}:{frame.height}:{x}:{y}{aspect}"


def _capture_branch(name: str, capture: Capture) -> str:
    due = f"gte(t-start_t+0.001,selected_n*{capture.rate.denominator}/{capture.rate.numerator})"
    content = capture.geometry.content
    select = f"select='{due}*lt(selected_n,{capture.maximum})'"
    size = f"scale={content.width}:{content.height}:out_range=full{_frame(capture.geometry)}"
    return f"[raw{name}]{select},{size},format=yuvj420p[v{name}]"


def _output(output: Output, folder: Path) -> list[str]:
    arguments = []
    if output.capture:
        span = _WORST_JPEG_SCALE - _BEST_JPEG_SCALE
        scale = _WORST_JPEG_SCALE - span * output.capture.quality / _HUNDRED
        arguments += ["-map", f"[v{output.name}]", "-fps_mode", "passthrough", "-c:v", "mjpeg", "-q:v", f"{scale:.1f}"]
        return [*arguments, "-f", "image2", str(folder / f"{output.name}.%07d.jpg")]
    if output.video:
        arguments += ["-map", f"[v{output.name}]", "-fps_mode", "passthrough", *_video(output.video)]
    if output.audio:
        arguments += _audio(output.audio)
    arguments += ["-map_metadata", "-1", "-map_chapters", "-1"]
    if output.segment_seconds is not None:
        return [*arguments, *_segments(output, folder)]
    arguments += ["-movflags", "+faststart"] if output.fast_start else []
    return [*arguments, "-f", "mp4", str(folder / f"{output.name}.mp4")]


def _video(video: VideoEncode) -> list[str]:
    return _av1(video) if video.codec == "AV1" else _avc_or_hevc(video)


def _av1(video: VideoEncode) -> list[str]:
    """SVT-AV1 takes whole rate factors, and caps them by the maximum alone."""
    rate = video.rate_control
    arguments = ["-crf:v", f"{rate.crf or 0:.0f}", "-maxrate:v", str(rate.maximum), "-g", str(video.gop_frames)]
    return [*arguments, "-c:v", "libsvtav1", "-preset", _FASTEST_SVT_PRESET, "-svtav1-params", "scd=0"]


def _avc_or_hevc(video: VideoEncode) -> list[str]:
    rate = video.rate_control
    arguments = ["-crf:v", f"{rate.crf:.2f}"] if rate.crf is not None else ["-b:v", str(rate.average)]
    arguments += ["-maxrate:v", str(rate.maximum), "-bufsize:v", str(rate.buffer)]
    if video.b_frames is not None:
        arguments += ["-bf", str(video.b_frames)]
    if video.key_seconds is not None:
        early = float(_FRAME_SHARE / video.frame_rate)
        arguments += ["-force_key_frames", f"expr:gte(t,n_forced*{video.key_seconds:g}-{early:.6f})"]
    keys = f"keyint={video.gop_frames}:min-keyint={video.gop_frames}:scenecut=0:open-gop=0"
    if video.codec == "H_265":
        arguments += ["-c:v", "libx265", "-preset", "ultrafast", "-tag:v", video.sample_entry, "-forced-idr", "1"]
        return [*arguments, "-x265-params", f"{keys}:vbv-init={rate.fill}:log-level=error"]
    tools = {"BASELINE": "cabac=0:8x8dct=0", "MAIN": "cabac=1:8x8dct=0", "HIGH": "cabac=1:8x8dct=1"}[video.profile]
    if video.entropy == "CAVLC":
        tools = tools.replace("cabac=1", "cabac=0")
    arguments += ["-c:v", "libx264", "-preset", "ultrafast", "-profile:v", video.profile.lower(), "-forced-idr", "1"]
    return [*arguments, "-x264-params", f"{keys}:{tools}:vbv-init={rate.fill}"]


def _audio(audio: AudioEncode) -> list[str]:
    source = "1:a" if audio.source is None else f"0:{audio.source}"
    layout = _CHANNEL_LAYOUTS[audio.channels]
    arguments = ["-map", source, "-c:a", "aac", "-b:a", str(audio.bitrate), "-ar", str(audio.sample_rate)]
    arguments += ["-af", f"aresample=async=1:first_pts=0,aformat=channel_layouts={layout}"]
    # Stream metadata would come along from the input even without its global metadata.
    return [*arguments, "-metadata:s:a:0", f"language={audio.language or ''}"]


def _segments(output: Output, folder: Path) -> list[str]:
    seconds = output.segment_seconds
    arguments = ["-avoid_negative_ts", "disabled", "-f", "segment", "-segment_time", f"{seconds:.6f}"]
    if output.video:
        arguments += ["-segment_time_delta", f"{float(_FRAME_SHARE / output.video.frame_rate):.6f}"]
    arguments += ["-segment_start_number", "1", "-segment_list_type", "csv"]
    arguments += ["-segment_list", str(folder / f"{output.name}.csv")]
    if output.packed_audio:
        return [*arguments, "-segment_format", "adts", str(folder / f"{output.name}_%05d.aac")]
    # One muxer for all segments keeps the continuity counters going; each segment still begins with its tables.
    inner = f"output_ts_offset={START_SECONDS - _MUX_DELAY_SECONDS}:avoid_negative_ts=disabled"
    arguments += ["-individual_header_trailer", "0", "-segment_format", "mpegts", "-segment_format_options", inner]
    return [*arguments, str(folder / f"{output.name}_%05d.ts")]
