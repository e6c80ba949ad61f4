"""The end of a job becomes the end of its record, however the end is heard of: by an event, or by asking.

MediaConvert reads the version that is current when it opens its input. So a stream counts as a version's only where
that version is still the object's latest content when the job has ended; otherwise the version ends as SUPERSEDED.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypedDict

from lambda_src.errors import SupersededError
from lambda_src.job_event import ENDS
from lambda_src.ports import Ending
from lambda_src.record import UNFINISHED, Fault, JobRecord, Status
from lambda_src.stream import describe_stream
from lambda_src.telemetry import count, logger
from lambda_src.telling import tell, tell_what_was_not

if TYPE_CHECKING:
    from lambda_src.environment import JobEventsEnvironment
    from lambda_src.job_event import JobStateChange
    from lambda_src.ports import Services
    from lambda_src.run import Run


class Result(TypedDict):
    """What became of an event; ``stale`` is a duplicate or one that was overtaken."""

    outcome: Literal["moved", "stale", "ignored", "malformed"]
    reason: str | None


def end_record(
    change: JobStateChange, identity: str, *, settings: JobEventsEnvironment, services: Services, run: Run
) -> Result:
    """Bring the record of a job that has ended to its end, and tell people."""
    record = services.ledger.read(identity)
    if record is None:
        # Records stay until people are told, so a job's end always finds one.
        logger.error("a job has ended that there is no record of")
        count("JobsWithoutRecord")
        return unmoved(None)
    if record.ended or not record.may_follow(change.job_id):
        told = tell_what_was_not(record, settings=settings, services=services, run=run)
        return {"outcome": "moved", "reason": None} if told else unmoved(record)
    move = services.ledger.finish(identity, change.job_id, _ending(change, record, settings, services), run)
    if not move.moved or move.record is None:
        return unmoved(move.record)
    tell(move.record, settings=settings, services=services)
    return {"outcome": "moved", "reason": None}


def _ending(change: JobStateChange, record: JobRecord, settings: JobEventsEnvironment, services: Services) -> Ending:
    status = ENDS[change.status]
    if status is Status.COMPLETE:
        return _ending_of_stream(change, record, settings, services)
    if status is Status.ERROR:
        message = change.error_message or "MediaConvert gave no reason"
        return Ending(status=status, fault=Fault(code=change.error_code or "Unknown", message=message))
    return Ending(status=status)


def _ending_of_stream(
    change: JobStateChange, record: JobRecord, settings: JobEventsEnvironment, services: Services
) -> Ending:
    latest = next(iter(services.objects.versions(record.bucket, record.key)), None)
    if latest is None or (latest.version_id, latest.etag or record.etag) != (
        record.version_id,
        record.etag or latest.etag,
    ):
        message = (
            "this version is not the object's latest any more: the stream may hold another one"
            if latest
            else "the object is gone, so it cannot be told which version its stream holds"
        )
        return Ending(status=Status.SUPERSEDED, fault=Fault(code=SupersededError.code, message=message))
    stream = describe_stream(change.groups, output_bucket=settings.output_bucket, output_prefix=record.output_prefix)
    return Ending(status=Status.COMPLETE, stream=stream)


def unmoved(record: JobRecord | None) -> Result:
    """Say why an event moved nothing; ``record`` is as it is now."""
    if record is None:
        return ignored("there is no record of this job")
    if record.status in UNFINISHED:
        reason = "the event was overtaken, or is of an earlier attempt"
    else:
        reason = f"the record is {record.status} already"
    logger.info("stale job event", reason=reason)
    count("StaleEvents")
    return {"outcome": "stale", "reason": reason}


def ignored(reason: str) -> Result:
    """Answer what is not for this pipeline."""
    logger.info("job event ignored", reason=reason)
    count("EventsIgnored")
    return {"outcome": "ignored", "reason": reason}
