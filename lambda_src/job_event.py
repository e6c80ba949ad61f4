"""MediaConvert's "MediaConvert Job State Change" events.

Shapes: https://docs.aws.amazon.com/mediaconvert/latest/ug/mediaconvert_event_list.html. Only what moves a record must
be there; the details of outputs are read as far as they are given.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lambda_src.errors import MalformedEventError
from lambda_src.record import Status

ENDS = {"COMPLETE": Status.COMPLETE, "ERROR": Status.ERROR, "CANCELED": Status.CANCELED}
PROGRESS = ("PROGRESSING", "STATUS_UPDATE", "INPUT_INFORMATION")
JOB_STATES = (*ENDS, *PROGRESS)
"""The states of a job that move a record, as its events name them. There is no event for SUBMITTED."""


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
        job_id=str(job_id),
        status=str(status),
        record_id=_string(metadata.get("record_id")),
        environment=_string(metadata.get("environment")),
        percent=None if percent is None else max(0, min(percent, 100)),
        error_code=None if code is None else str(code),
        error_message=_string(detail.get("errorMessage")),
        groups=tuple(_group(_mapping(group)) for group in _items(detail.get("outputGroupDetails"))),
    )


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
    return tuple(item for item in _items(value) if isinstance(item, str))


def _string(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _number(value: Any) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return int(value)
