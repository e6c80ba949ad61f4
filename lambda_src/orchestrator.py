"""Lambda handler: an uploaded object becomes a MediaConvert job, once.

Takes an S3 event of EventBridge or ``{"bucket", "key"}`` and answers with a ``Result``. Anything permanent ends in
``rejected`` and a failure notice. ``RetryableError`` alone is raised, after the claim is released.

A crash at any point leaves a record that someone else can take over: Lambda's retry comes under the same request id,
everyone else may after the lease. A job that was created without being recorded is found again by its request token,
or reports itself: the first job event writes the job id into the claim.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, TypedDict

from lambda_src.adapter import connect
from lambda_src.admission import reason_to_ignore
from lambda_src.environment import OrchestratorEnvironment
from lambda_src.errors import (
    ContendedError,
    EmptyObjectError,
    MalformedEventError,
    ObjectGoneError,
    PermanentError,
    RetryableError,
)
from lambda_src.job_settings import JobPlan, build_job
from lambda_src.notice_events import NoticeEvent
from lambda_src.notices import About, Fault, build_notice
from lambda_src.outcomes import Outcome
from lambda_src.output_layout import output_prefix
from lambda_src.ports import Services, StoredObject
from lambda_src.record import Claim, JobRecord, Status, judge, reclaim, record_id
from lambda_src.run import Run, run_of
from lambda_src.source import parse_probe
from lambda_src.telemetry import count, logger, metrics, retries_counted, tracer
from lambda_src.upload_event import UploadEvent, parse_upload_event

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aws_lambda_powertools.utilities.typing import LambdaContext


class Result(TypedDict):
    """What the caller is told; ``duplicate`` carries the existing record's id, job and status."""

    outcome: Outcome
    record_id: str | None
    job_id: str | None
    status: str | None
    bucket: str | None
    key: str | None
    reason: str | None


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics(capture_cold_start_metric=True)
@tracer.capture_lambda_handler(capture_response=False)
def handler(event: Any, context: LambdaContext) -> Result:
    """Answer one event. Raises ``RetryableError`` where trying again may help."""
    with retries_counted():
        settings, services = _settings(), _services()
        run = run_of(context, services.clock())
        return Orchestration(settings=settings, services=services, run=run).handle(event)


@cache
def _settings() -> OrchestratorEnvironment:
    return OrchestratorEnvironment.parse(os.environ)


@cache
def _services() -> Services:
    return connect(_settings().common)


@dataclass(frozen=True, slots=True, kw_only=True)
class Orchestration:
    """One event's way from parsing to a job."""

    settings: OrchestratorEnvironment
    services: Services
    run: Run

    def handle(self, event: Any) -> Result:
        """Parse, decide and act."""
        try:
            upload = parse_upload_event(event)
        except MalformedEventError as error:
            return self._turn_away(About(bucket=error.bucket, key=error.key), error)
        logger.append_keys(bucket=upload.bucket, key=upload.key)
        reason = reason_to_ignore(
            upload, upload_bucket=self.settings.upload_bucket, key_prefix=self.settings.key_prefix
        )
        if reason is None:
            return self._take(upload)
        logger.info("object ignored", reason=reason)
        count("ObjectsIgnored")
        return _result(Outcome.IGNORED, About(bucket=upload.bucket, key=upload.key), reason=reason)

    def _take(self, upload: UploadEvent) -> Result:
        """Claim the object's current version: the one MediaConvert will read, whichever version the event was for."""
        fault: PermanentError | None = None
        try:
            stored = self.services.objects.head(upload.bucket, upload.key)
            if stored.size == 0:
                fault = EmptyObjectError("the object has zero bytes")
        except ObjectGoneError as error:
            if not (upload.version_id or upload.etag):
                return self._turn_away(About(bucket=upload.bucket, key=upload.key), error)
            stored, fault = StoredObject(size=0, etag=upload.etag or "", version_id=upload.version_id), error
        record, claimed = self._claim(self._fresh(upload, stored), by_request=upload.by_request)
        logger.append_keys(record_id=record.record_id, attempt=record.attempt)
        tracer.put_annotation("record_id", record.record_id)
        if not claimed:
            return _duplicate(record)
        with self._held(record):
            try:
                return self._submit(record, fault)
            except PermanentError as error:
                return self._reject(record, error)

    def _fresh(self, upload: UploadEvent, stored: StoredObject) -> JobRecord:
        identity = record_id(upload.bucket, upload.key, stored.version_id or stored.etag)
        return JobRecord(
            record_id=identity,
            bucket=upload.bucket,
            key=upload.key,
            version_id=stored.version_id,
            etag=stored.etag,
            status=Status.CLAIMED,
            output_prefix=output_prefix(upload.key, identity),
            attempt=1,
            request_id=self.run.request_id,
            claimed_at=int(self.run.now),
            lease_until=int(self.run.lease_until),
        )

    def _claim(self, fresh: JobRecord, *, by_request: bool) -> tuple[JobRecord, bool]:
        existing = self.services.ledger.create(fresh)
        if existing is None:
            return fresh, True
        claim = judge(existing, request_id=self.run.request_id, by_request=by_request, now=self.run.now)
        if claim is Claim.DUPLICATE:
            return existing, False
        renewed = reclaim(existing, fresh, claim)
        if not self.services.ledger.replace(existing, renewed):
            raise ContendedError(f"another request claimed {fresh.record_id} at the same moment")
        logger.info("claim taken over", reason=claim.value)
        return renewed, True

    @contextmanager
    def _held(self, record: JobRecord) -> Iterator[None]:
        try:
            yield
        except RetryableError:
            self.services.ledger.release(record)
            raise

    def _submit(self, record: JobRecord, fault: PermanentError | None) -> Result:
        if fault:
            raise fault
        common = self.settings.common
        plan = JobPlan(
            role_arn=self.settings.role_arn,
            queue_arn=self.settings.queue_arn,
            output_bucket=common.output_bucket,
            environment=common.environment,
            segment_seconds=self.settings.segment_seconds,
            max_height=self.settings.max_height,
        )
        source = parse_probe(self.services.transcoder.probe(f"s3://{record.bucket}/{record.key}"))
        job_id = self.services.transcoder.create_job(build_job(record, source, plan))
        move = self.services.ledger.submit(record, job_id, self.services.clock())
        current = move.record
        if current is not None and current.job_id != job_id:
            logger.warning("another job was recorded for this attempt", superseded_job_id=job_id)
            return _duplicate(current)
        logger.info("job submitted", job_id=job_id, seconds=source.duration)
        count("JobsSubmitted")
        # The job's own events may have moved the record further already.
        status = current.status if current else Status.SUBMITTED
        return _result(Outcome.SUBMITTED, About.record(record), job_id=job_id, status=status)

    def _reject(self, record: JobRecord, error: PermanentError) -> Result:
        """Tell people, then end the claim: a crash between the two repeats the notice, the other way round loses it."""
        self._tell(About.record(record), error)
        self.services.ledger.reject(record, _fault(error), self.services.clock())
        return _result(Outcome.REJECTED, About.record(record), status=Status.REJECTED, reason=str(error))

    def _turn_away(self, about: About, error: PermanentError) -> Result:
        """Reject what cannot be claimed, because no object version can be named."""
        self._tell(about, error)
        return _result(Outcome.REJECTED, about, reason=str(error))

    def _tell(self, about: About, error: PermanentError) -> None:
        fault = _fault(error)
        logger.warning("object rejected", error_code=fault.code, reason=fault.message)
        notice = build_notice(
            NoticeEvent.FAILED,
            about,
            environment=self.settings.common.environment,
            moment=self.services.clock(),
            fault=fault,
        )
        self.services.announcer.publish(notice)
        count("Rejected")


def _fault(error: PermanentError) -> Fault:
    return Fault(code=error.code, message=str(error))


def _duplicate(record: JobRecord) -> Result:
    reason = f"this object version is {record.status} already"
    logger.info("duplicate ignored", reason=reason, job_id=record.job_id)
    count("DuplicatesIgnored")
    return _result(Outcome.DUPLICATE, About.record(record), job_id=record.job_id, status=record.status, reason=reason)


def _result(
    outcome: Outcome,
    about: About,
    *,
    job_id: str | None = None,
    status: Status | None = None,
    reason: str | None = None,
) -> Result:
    return {
        "outcome": outcome,
        "record_id": about.record_id,
        "job_id": job_id,
        "status": status.value if status else None,
        "bucket": about.bucket,
        "key": about.key,
        "reason": reason,
    }
