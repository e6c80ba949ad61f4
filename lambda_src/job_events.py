"""Lambda handler: MediaConvert's job events move the job record, and its end is announced.

Events come at least once and out of order, so every move is a conditional write. The first event that ends a record
takes charge of the notice (``telling``). A crash in between is made good by Lambda's retry of the same event, by a
later duplicate once the charge is over, or by the reconciler.
A job that reports itself for a record that has no use for it is canceled.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from lambda_src.adapter import connect
from lambda_src.environment import JobEventsEnvironment
from lambda_src.errors import MalformedEventError
from lambda_src.job_end import Result, end_record, ignored, unmoved
from lambda_src.job_event import ENDS, PROGRESS, JobStateChange, parse_job_event
from lambda_src.record import JobRecord, Status
from lambda_src.run import Run, run_of
from lambda_src.telemetry import count, logger, metrics, retries_counted, tracer

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

    from lambda_src.ports import Services


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
            return ignored(reason)
        tracer.put_annotation("record_id", identity)
        if change.status not in ENDS:
            return self._progress(change, identity)
        return end_record(change, identity, settings=self.settings, services=self.services, run=self.run)

    def _progress(self, change: JobStateChange, identity: str) -> Result:
        move = self.services.ledger.progress(identity, change.job_id, change.percent, self.services.clock())
        if not move.moved:
            self._cancel_stray(change, move.record)
            return unmoved(move.record)
        logger.info("job progresses", percent=change.percent)
        count("ProgressUpdates")
        return {"outcome": "moved", "reason": None}

    def _cancel_stray(self, change: JobStateChange, record: JobRecord | None) -> None:
        """Cancel a job that nobody will take a stream from: two were created, or its version was overwritten."""
        if record is None or change.job_id in record.past_jobs:
            return
        followed = record.job_id == change.job_id
        if record.status is Status.SUPERSEDED or (not followed and (record.ended or record.job_id is not None)):
            logger.warning("the record has no use for this job: it is canceled")
            count("JobsSuperfluous")
            self.services.transcoder.cancel_job(change.job_id)


def reason_to_ignore(change: JobStateChange, *, environment: str) -> str | None:
    """Say why an event is not for this pipeline, or return None where it is."""
    if change.status not in ENDS and change.status not in PROGRESS:
        return f"{change.status} events move nothing"
    if not re.fullmatch(r"[0-9a-f]{64}", change.record_id or ""):
        return "the job is not of this pipeline: its metadata has no record id"
    if change.environment != environment:
        return f'the job is of the environment "{change.environment}", not "{environment}"'
    return None
