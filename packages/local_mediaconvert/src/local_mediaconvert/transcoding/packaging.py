"""From ffmpeg's files to what goes to S3, and the details that the COMPLETE event tells of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from local_mediaconvert.job_errors import UNKNOWN, JobError
from local_mediaconvert.media.probing import probe
from local_mediaconvert.s3.objects import Upload, put_options
from local_mediaconvert.transcoding import hls_packaging as hls

if TYPE_CHECKING:
    from pathlib import Path

    from local_mediaconvert.service_model import Json
    from local_mediaconvert.transcoding.plan import Group, Output, Plan


@dataclass(slots=True)
class Package:
    """Files to upload, and ``outputGroupDetails``.

    They go up in three stages, media before the playlists that name it and those before the main playlists: a
    player that finds a playlist finds everything in it.
    """

    media: list[Upload] = field(default_factory=list)
    playlists: list[Upload] = field(default_factory=list)
    main_playlists: list[Upload] = field(default_factory=list)
    details: list[Json] = field(default_factory=list)

    @property
    def stages(self) -> tuple[list[Upload], ...]:
        """The stages in order."""
        return self.media, self.playlists, self.main_playlists


def package(plan: Plan, folder: Path) -> Package:
    """Package every group of the plan from the files in ``folder``.

    Raises:
        JobError: an output came out empty.

    """
    result = Package()
    for number, group in enumerate(plan.groups):
        if group.kind == "HLS_GROUP":
            _hls(group, folder, result, f"main_{number}")
        else:
            _files(group, plan, folder, result)
    return result


def _hls(group: Group, folder: Path, result: Package, name: str) -> None:
    options = put_options(group.settings)
    renditions = [hls.read_rendition(output, group.settings, folder) for output in group.outputs]
    details = []
    for rendition in renditions:
        if not rendition.segments:
            raise _empty(rendition.output)
        for index, segment in enumerate(rendition.segments, 1):
            result.media.append(Upload(segment.file, rendition.segment_target(index), options))
        playlist = folder / f"{rendition.output.name}.m3u8"
        playlist.write_text(hls.rendition_playlist(rendition, group.settings), encoding="utf-8")
        result.playlists.append(Upload(playlist, rendition.playlist, options))
        detail = _detail(rendition.output, rendition.playlist.uri, rendition.seconds, rendition.average_bits)
        details.append(detail)
    main = folder / f"{name}.m3u8"
    main.write_text(hls.multivariant_playlist(group, renditions), encoding="utf-8")
    target = group.base.plus(".m3u8")
    result.main_playlists.append(Upload(main, target, options))
    result.details.append({"outputDetails": details, "playlistFilePaths": [target.uri], "type": group.kind})


def _files(group: Group, plan: Plan, folder: Path, result: Package) -> None:
    options = put_options(group.settings)
    details = []
    for output in group.outputs:
        if output.capture:
            pictures = sorted(folder.glob(f"{output.name}.*.jpg"))
            if not pictures:
                raise _empty(output)
            for number, picture in enumerate(pictures):
                target = output.target.plus(f".{number:07d}.{output.extension}")
                result.media.append(Upload(picture, target, options))
            details.append(_detail(output, result.media[-1].target.uri, plan.duration, None))
            continue
        file = folder / f"{output.name}.mp4"
        seconds = probe(str(file)).main_duration or 0.0
        target = output.target.plus(f".{output.extension}")
        result.media.append(Upload(file, target, options))
        average = round(file.stat().st_size * 8 / seconds) if seconds else None
        details.append(_detail(output, target.uri, seconds, average))
    result.details.append({"outputDetails": details, "type": group.kind})


def _detail(output: Output, uri: str, seconds: float, average_bits: int | None) -> Json:
    """One entry of ``outputDetails``.

    The quality figures of QVBR outputs repeat the level that was asked for: x264 holds a quality, it does not
    measure AWS's.
    """
    detail: Json = {"outputFilePaths": [uri], "durationInMs": round(seconds * 1000)}
    shown = output.video or output.capture
    if shown is None:
        return detail
    frame = shown.geometry.frame
    video: Json = {"widthInPx": frame.width, "heightInPx": frame.height}
    if average_bits is not None:
        video["averageBitrate"] = average_bits
    quality = output.video.rate_control.quality if output.video else None
    if quality is not None:
        video |= {"qvbrAvgQuality": quality, "qvbrMinQuality": quality, "qvbrMaxQuality": quality}
        video |= {"qvbrMinQualityLocation": 0, "qvbrMaxQualityLocation": 0}
    return {**detail, "videoDetails": video}


def _empty(output: Output) -> JobError:
    return JobError(UNKNOWN, f"output {output.target.uri} came out empty")
