"""MediaConvert's "MediaConvert Job State Change" events.

Shapes: https://docs.aws.amazon.com/mediaconvert/latest/ug/mediaconvert_event_list.html. Only what moves a record must
be there; the details of outputs are read as far as they are given.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from lambda_src.errors import MalformedEventError
from lambda_src.output_layout import PLAYLIST_SUFFIX
from lambda_src.record import Status

RUNNING = ("SUBMITTED", "PROGRESSING")
ENDS = {"COMPLETE": Status.COMPLETE, "ERROR": Status.ERROR, "CANCELED": Status.CANCELED}
PROGRESS = ("PROGRESSING", "STATUS_UPDATE", "INPUT_INFORMATION")
JOB_STATES = (*ENDS, *PROGRESS)
"""The states of a job that move a record, as its events name them. There is no event for SUBMITTED."""

_LARGEST = 10**15


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """One output of a finished job: pixels, milliseconds, bits per second; None where the event does not say."""

    paths: tuple[str, ...]
    duration_ms: int | None = None
    width: int | None = None
    height: int | None = None
    bitrate: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputGroup:
    """One output group of a finished job, such as ``HLS_GROUP`` or ``FILE_GROUP``."""

    kind: str
    playlists: tuple[str, ...] = ()
    outputs: tuple[Output, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class JobStateChange:
    """A job event. ``record_id`` and ``environment`` are None for jobs that are not ours; ``percent`` is 0 to 100."""

    job_id: str
    status: str
    record_id: str | None = None
    environment: str | None = None
    percent: int | None = None
    error_code: str | None = None
    error_message: str | None = None
    groups: tuple[OutputGroup, ...] = ()


def parse_job_event(event: Any) -> JobStateChange:
    """Read a job event. Raises ``MalformedEventError`` where it has no job id or no status."""
    detail = _mapping(_mapping(event).get("detail"))
    job_id, status = detail.get("jobId"), detail.get("status")
    for name, value in (("detail.jobId", job_id), ("detail.status", status)):
        if not isinstance(value, str) or not value:
            raise MalformedEventError(f'the job event has no "{name}" that is a string')
    metadata = _mapping(detail.get("userMetadata"))
    percent = _number(_mapping(detail.get("jobProgress")).get("jobPercentComplete"))
    code = detail.get("errorCode")
    return JobStateChange(
        job_id=_encodable(str(job_id)),
        status=_encodable(str(status)),
        record_id=_string(metadata.get("record_id")),
        environment=_string(metadata.get("environment")),
        percent=None if percent is None else max(0, min(percent, 100)),
        error_code=_string(code) or (None if _number(code) is None else str(_number(code))),
        error_message=_string(detail.get("errorMessage")),
        groups=tuple(_group(_mapping(group)) for group in _items(detail.get("outputGroupDetails"))),
    )


def job_as_change(job: Mapping[str, Any]) -> JobStateChange:
    """Return a job of ``GetJob`` or ``ListJobs`` as an event would tell of it.

    MediaConvert's API tells sizes and lengths of outputs but not where they lie, so that follows from the job's own
    settings (shapes ``Job``, ``OutputDetail`` of its API model): destination, then name modifier, then suffix.
    """
    metadata = _mapping(job.get("UserMetadata"))
    settings, details = _items(_mapping(job.get("Settings")).get("OutputGroups")), _items(job.get("OutputGroupDetails"))
    return JobStateChange(
        job_id=str(job["Id"]),
        status=str(job["Status"]),
        record_id=_string(metadata.get("record_id")),
        environment=_string(metadata.get("environment")),
        error_code=None if not job.get("ErrorCode") else str(job["ErrorCode"]),
        error_message=_string(job.get("ErrorMessage")),
        groups=tuple(
            _group_of_job(_mapping(group), _items(_mapping(detail).get("OutputDetails")))
            for group, detail in zip_longest(settings, details[: len(settings)])
        ),
    )


def _group_of_job(group: Mapping[str, Any], details: Sequence[Any]) -> OutputGroup:
    settings = _mapping(group.get("OutputGroupSettings"))
    outputs = _items(group.get("Outputs"))
    if settings.get("Type") == "HLS_GROUP_SETTINGS":
        destination = str(_mapping(settings.get("HlsGroupSettings")).get("Destination"))
        return OutputGroup(
            kind="HLS_GROUP",
            playlists=(destination + PLAYLIST_SUFFIX,),
            outputs=tuple(
                _output_of_job(_mapping(output), _mapping(detail), destination, PLAYLIST_SUFFIX)
                for output, detail in zip_longest(outputs, details[: len(outputs)])
            ),
        )
    destination = str(_mapping(settings.get("FileGroupSettings")).get("Destination"))
    return OutputGroup(
        kind="FILE_GROUP",
        outputs=tuple(
            _output_of_job(_mapping(output), {}, destination, _last_capture(_mapping(output))) for output in outputs
        ),
    )


def _output_of_job(output: Mapping[str, Any], detail: Mapping[str, Any], destination: str, suffix: str) -> Output:
    video = _mapping(detail.get("VideoDetails"))
    return Output(
        paths=(f"{destination}{output.get('NameModifier', '')}{suffix}",),
        duration_ms=_number(detail.get("DurationInMs")),
        width=_number(video.get("WidthInPx")),
        height=_number(video.get("HeightInPx")),
    )


def _last_capture(output: Mapping[str, Any]) -> str:
    codec = _mapping(_mapping(output.get("VideoDescription")).get("CodecSettings"))
    captures = _number(_mapping(codec.get("FrameCaptureSettings")).get("MaxCaptures")) or 1
    return f".{captures - 1:07}.jpg"


def _group(group: Mapping[str, Any]) -> OutputGroup:
    return OutputGroup(
        kind=_string(group.get("type")) or "",
        playlists=_strings(group.get("playlistFilePaths")),
        outputs=tuple(_output(_mapping(output)) for output in _items(group.get("outputDetails"))),
    )


def _output(output: Mapping[str, Any]) -> Output:
    video = _mapping(output.get("videoDetails"))
    return Output(
        paths=_strings(output.get("outputFilePaths")),
        duration_ms=_number(output.get("durationInMs")),
        width=_number(video.get("widthInPx")),
        height=_number(video.get("heightInPx")),
        bitrate=_number(video.get("averageBitrate")),
    )


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _items(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else ()


def _strings(value: Any) -> tuple[str, ...]:
    return tuple(_encodable(item) for item in _items(value) if isinstance(item, str))


def _string(value: Any) -> str | None:
    return _encodable(value) if isinstance(value, str) and value else None


def _encodable(text: str) -> str:
    """Replace halves of surrogate pairs, which JSON can carry and UTF-8 cannot."""
    return text.encode(errors="replace").decode()


def _number(value: Any) -> int | None:
    """Read a whole number that means something here: DynamoDB takes 38 digits, and JSON any number of them."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not -_LARGEST <= value <= _LARGEST:
        return None
    return int(value)
