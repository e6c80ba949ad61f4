"""The finished stream as people are told of it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from lambda_src import output_layout

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lambda_src.job_event import Output, OutputGroup


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamRendition:
    """One rendition: pixels, average bits per second where MediaConvert tells, and its playlist's S3 URL.

    ``width`` and ``height`` are None for the one rendition of a stream that is sound only.
    """

    name: str
    width: int | None
    height: int | None
    bitrate: int | None
    playlist: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """S3 URLs of a finished stream; ``duration_seconds`` is that of its longest rendition."""

    playlist: str
    poster: str | None
    thumbnails: str | None
    duration_seconds: float | None
    renditions: tuple[StreamRendition, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the fields as they stand in a notice."""
        return asdict(self) | {"renditions": [asdict(rendition) for rendition in self.renditions]}


def describe_stream(groups: Iterable[OutputGroup], *, output_bucket: str, output_prefix: str) -> Stream:
    """Describe a stream by the output groups of a COMPLETE event.

    Frame capture outputs name their last picture only, which for the poster is the one at its spot. Where an event
    leaves the playlist out, its place follows from the job's destination.
    """
    folder = output_layout.folder_url(output_bucket, output_prefix)
    hls: list[Output] = []
    files: list[str] = []
    playlist = output_layout.playlist_url(folder)
    for group in groups:
        if group.kind == "HLS_GROUP":
            hls += [output for output in group.outputs if output.paths]
            playlist = group.playlists[0] if group.playlists else playlist
        else:
            files += [path for output in group.outputs for path in output.paths]
    seen = [output for output in hls if output.width and output.height] or hls
    longest = max((output.duration_ms for output in hls if output.duration_ms), default=None)
    thumbnails = output_layout.thumbnails_url(folder)
    return Stream(
        playlist=playlist,
        poster=next((path for path in files if output_layout.is_poster(path, folder)), None),
        thumbnails=thumbnails if any(path.startswith(thumbnails) for path in files) else None,
        duration_seconds=None if longest is None else longest / 1000,
        renditions=tuple(_rendition(output) for output in seen),
    )


def _rendition(output: Output) -> StreamRendition:
    return StreamRendition(
        name=output_layout.rendition_name(output.paths[0]),
        width=output.width,
        height=output.height,
        bitrate=output.bitrate,
        playlist=output.paths[0],
    )
