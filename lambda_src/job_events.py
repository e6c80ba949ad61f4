"""Lambda handler: MediaConvert's job events move the job record, and its end is announced.

Events come at least once and out of order, so every move is a conditional write. The first event that ends a record
takes charge of the notice: it writes the manifest, publishes, and only then marks the record as notified. A crash
in between is made good by Lambda's retry of the same event, or by a later duplicate once the charge is over.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, TypedDict

from lambda_src.adapter import connect
from lambda_src.environment import JobEventsEnvironment
from lambda_src.errors import MalformedEventError
from lambda_src.job_event import ENDS, PROGRESS, JobStateChange, parse_job_event
from lambda_src.notice_events import NoticeEvent
from lambda_src.notices import About, Fault, build_notice
from lambda_src.output_layout import manifest_key
from lambda_src.ports import Ending, Services
from lambda_src.record import UNFINISHED, JobRecord, Status
from lambda_src.run import Run, run_of
from lambda_src.stream import describe_stream
from lambda_src.telemetry import count, logger, metrics, retries_counted, tracer

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

_NOTICE_EVENTS_AND_METRICS = {
    Status.COMPLETE: (NoticeEvent.SUCCEEDED, "JobsCompleted"),
    Status.ERROR: (NoticeEvent.FAILED, "JobsFailed"),
    Status.CANCELED: (NoticeEvent.CANCELED, "JobsCanceled"),
}


class Result(TypedDict):
    """What became of an event; ``stale`` is a duplicate or one that was overtaken."""

    outcome: Literal["moved", "stale", "ignored", "malformed"]
    reason: str | None


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics(capture_cold_start_metric=True)
@tracer.capture_lambda_handler(capture_response=False)
def handler(event: Any, context: LambdaContext) -> Result:
    """Take one event. Raises ``RetryableError`` where trying again may help."""
    with retries_counted():
        settings, services = _settings(), _services()
        run = run_of(context, services.clock())
        return Follower(settings=settings, services=services, run=run).handle(event)


@cache
def _settings() -> JobEventsEnvironment:
    return JobEventsEnvironment.parse(os.environ)


@cache
def _services() -> Services:
    return connect(_settings())


@dataclass(frozen=True, slots=True, kw_only=True)
class Follower:
    """One event's way from parsing to a moved record."""

    settings: JobEventsEnvironment
    services: Services
    run: Run

    def handle(self, event: Any) -> Result:
        """Parse, decide and act."""
        try:
            change = parse_job_event(event)
        except MalformedEventError as error:
            logger.error("job event cannot be read", reason=str(error))
            count("MalformedEvents")
            return {"outcome": "malformed", "reason": str(error)}
        logger.append_keys(record_id=change.record_id, job_id=change.job_id, job_status=change.status)
        identity = change.record_id or ""
        reason = reason_to_ignore(change, environment=self.settings.environment)
        if reason:
            return _ignored(reason)
        tracer.put_annotation("record_id", identity)
        return self._end(change, identity) if change.status in ENDS else self._progress(change, identity)

    def _progress(self, change: JobStateChange, identity: str) -> Result:
        move = self.services.ledger.progress(identity, change.job_id, change.percent, self.services.clock())
        if not move.moved:
            return _unmoved(move.record)
        logger.info("job progresses", percent=change.percent)
        count("ProgressUpdates")
        return {"outcome": "moved", "reason": None}

    def _end(self, change: JobStateChange, identity: str) -> Result:
        record = self.services.ledger.read(identity)
        if record is None:
            return _unmoved(None)
        ending = self._ending(change, record)
        move = self.services.ledger.finish(identity, change.job_id, ending, self.run)
        if not move.moved or move.record is None:
            return _unmoved(move.record)
        self._announce(ending, move.record)
        return {"outcome": "moved", "reason": None}

    def _announce(self, ending: Ending, record: JobRecord) -> None:
        event, metric = _NOTICE_EVENTS_AND_METRICS[ending.status]
        notice = build_notice(
            event,
            About.record(record),
            environment=self.settings.environment,
            moment=self.services.clock(),
            stream=ending.stream,
            fault=ending.fault,
        )
        if ending.status is Status.COMPLETE:
            manifest = manifest_key(record.output_prefix)
            self.services.objects.put_json(self.settings.output_bucket, manifest, notice.body)
        self.services.announcer.publish(notice)
        self.services.ledger.mark_notified(record.record_id, record.job_id or "", self.services.clock())
        logger.info("job ended", bucket=record.bucket, key=record.key, fault=notice.body["error"])
        count(metric)

    def _ending(self, change: JobStateChange, record: JobRecord) -> Ending:
        status = ENDS[change.status]
        if status is Status.COMPLETE:
            stream = describe_stream(
                change.groups, output_bucket=self.settings.output_bucket, output_prefix=record.output_prefix
            )
            return Ending(status=status, stream=stream)
        if status is Status.ERROR:
            message = change.error_message or "MediaConvert gave no reason"
            return Ending(status=status, fault=Fault(code=change.error_code or "Unknown", message=message))
        return Ending(status=status)


def reason_to_ignore(change: JobStateChange, *, environment: str) -> str | None:
    """Say why an event is not for this pipeline, or return None where it is."""
    if change.status not in ENDS and change.status not in PROGRESS:
        return f"{change.status} events move nothing"
    if not re.fullmatch(r"[0-9a-f]{64}", change.record_id or ""):
        return "the job is not of this pipeline: its metadata has no record id"
    if change.environment != environment:
        return f'the job is of the environment "{change.environment}", not "{environment}"'
    return None


def _unmoved(record: JobRecord | None) -> Result:
    if record is None:
        return _ignored("there is no record of this job")
    if record.status in UNFINISHED:
        reason = "the event was overtaken, or is of an earlier attempt"
    else:
        reason = f"the record is {record.status} already"
    logger.info("stale job event", reason=reason)
    count("StaleEvents")
    return {"outcome": "stale", "reason": reason}


def _ignored(reason: str) -> Result:
    logger.info("job event ignored", reason=reason)
    count("EventsIgnored")
    return {"outcome": "ignored", "reason": reason}
