"""Playing what came out, with PyAV."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote

import av

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Played:
    """What decoding a file gave: times in seconds, of the first frame and of the end of the last."""

    width: int
    height: int
    frames: int
    first: float
    last: float
    key_times: tuple[float, ...]

    @property
    def seconds(self) -> float:
        return self.last - self.first


def play_video(path: Path) -> Played:
    """Decode every frame of the first video track."""
    times: list[float] = []
    keys: list[float] = []
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        rate = float(stream.average_rate or stream.guessed_rate or 25)
        for frame in container.decode(stream):
            times.append(frame.time or 0.0)
            if frame.key_frame:
                keys.append(times[-1])
        return Played(
            width=stream.codec_context.width,
            height=stream.codec_context.height,
            frames=len(times),
            first=min(times),
            last=max(times) + 1 / rate,
            key_times=tuple(round(time - times[0], 3) for time in keys),
        )


def idr_times(path: Path) -> tuple[float, ...]:
    """Times of H.264 IDR pictures in a transport stream, in seconds from the first."""
    idr = re.compile(b"\x00\x00\x01[\x25\x45\x65]")
    with av.open(str(path)) as container:
        packets = list(container.demux(video=0))
        times = [
            float(p.pts * p.time_base) for p in packets if p.pts is not None and p.time_base and idr.search(bytes(p))
        ]
    return tuple(time - times[0] for time in times)


def play_audio(path: Path) -> tuple[float, int, int]:
    """Decode the first audio track: seconds, sample rate, channels."""
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        samples = sum(frame.samples for frame in container.decode(stream))
        context = stream.codec_context
        return samples / context.sample_rate, context.sample_rate, context.layout.nb_channels


def has_audio(path: Path) -> bool:
    with av.open(str(path)) as container:
        return bool(container.streams.audio)


def first_time(path: Path) -> float:
    """Time stamp of the first packet to be shown or heard, in seconds, as the file has it."""
    with av.open(str(path)) as container:
        return min(float(p.pts * p.time_base) for p in container.demux() if p.pts is not None and p.time_base)


def joined(playlist: Path) -> Path:
    """All segments of a rendition playlist in one file, as a player would feed them to its decoder."""
    whole = playlist.with_suffix(".joined" + segments(playlist)[0].suffix)
    whole.write_bytes(b"".join(segment.read_bytes() for segment in segments(playlist)))
    return whole


def segments(playlist: Path) -> list[Path]:
    lines = playlist.read_text().splitlines()
    return [playlist.parent / unquote(line) for line in lines if line and not line.startswith("#")]


def durations(playlist: Path) -> list[float]:
    return [float(text) for text in re.findall(r"#EXTINF:([\d.]+),", playlist.read_text())]
