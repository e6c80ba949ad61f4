"""Lambda handler: an uploaded object becomes a MediaConvert job, once.

Takes an S3 event of EventBridge, or ``{"bucket", "key"}`` with ``"again": true`` where an operator wants another
attempt, and answers with a ``Result``. Anything permanent ends in ``rejected`` and a notice. ``RetryableError`` alone
is raised, after the claim is released; what MediaConvert throttles waits for the reconciler instead.

An event of S3 is about one version of an object, and that version gets a record and an end, also where a newer one
took its place before anyone looked. A crash at any point leaves a record that someone else takes over after the lease:
Lambda's retry, a later event, or the reconciler. Before a job is created, the record says that it may have been.
Whoever takes such a record over asks MediaConvert for the job and adopts it, and creates one only when the lists are
certain to show none. A job that loses all the same is canceled, here or by its first event.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, TypedDict

from lambda_src.adapter import connect
from lambda_src.admission import reason_to_ignore
from lambda_src.environment import OrchestratorEnvironment
from lambda_src.errors import (
    ContendedError,
    EmptyObjectError,
    LockedObjectError,
    MalformedEventError,
    ObjectGoneError,
    PermanentError,
    RetryableError,
    SupersededError,
    ThrottledError,
)
from lambda_src.job_event import RUNNING, JobStateChange
from lambda_src.job_settings import JobPlan, build_job
from lambda_src.notice_events import NoticeEvent
from lambda_src.notices import About, build_notice
from lambda_src.outcomes import Outcome
from lambda_src.output_layout import output_prefix
from lambda_src.ports import Ending, Services, StoredObject
from lambda_src.record import Claim, Fault, JobRecord, Status, judge, reclaim, record_id, settled_at
from lambda_src.run import Run, run_of
from lambda_src.source import parse_probe
from lambda_src.telemetry import count, logger, metrics, retries_counted, tracer
from lambda_src.telling import tell, tell_what_was_not
from lambda_src.upload_event import ObjectRequest, UploadEvent, parse_upload_event

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext
    from mypy_boto3_mediaconvert.type_defs import CreateJobRequestTypeDef

# How many overwritten versions of an object an upload looks after.
_OLDER_VERSIONS = 5


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
        fault: PermanentError | None = None
        try:
            stored = self.services.objects.head(upload.bucket, upload.key)
            fault = _fault_of(upload, stored)
        except (ObjectGoneError, LockedObjectError) as error:
            if not (upload.version_id or upload.etag):
                return self._turn_away(About(bucket=upload.bucket, key=upload.key), error)
            stored, fault = None, error
        record, claim = self._claim(self._fresh(upload, stored), upload)
        logger.append_keys(record_id=record.record_id, attempt=record.attempt)
        tracer.put_annotation("record_id", record.record_id)
        if claim is Claim.WAIT:
            raise ContendedError(f"another invocation for this event may still be at work on {record.record_id}")
        if claim is Claim.DUPLICATE:
            tell_what_was_not(record, settings=self.settings.common, services=self.services, run=self.run)
            return _duplicate(record)
        result = self._hold(record, fault, may_wait=not isinstance(upload, ObjectRequest))
        if stored is not None and not isinstance(fault, SupersededError):
            self._supersede_older(record)
        return result

    def _fresh(self, upload: UploadEvent, stored: StoredObject | None) -> JobRecord:
        """Return the claim of what an event is about, or of what is current where it names no version."""
        version_id, etag = upload.version_id, upload.etag
        if stored is not None and not (version_id or etag):
            version_id, etag = stored.version_id, stored.etag
        elif stored is not None and not version_id and etag == stored.etag:
            version_id = stored.version_id
        identity = record_id(upload.bucket, upload.key, version_id or etag or "")
        return JobRecord(
            record_id=identity,
            bucket=upload.bucket,
            key=upload.key,
            version_id=version_id,
            etag=etag or "",
            status=Status.CLAIMED,
            output_prefix=output_prefix(upload.key, identity),
            attempt=1,
            request_id=self.run.request_id,
            holder=self.run.invocation_id,
            claimed_at=int(self.run.now),
            lease_until=int(self.run.lease_until),
            asked_by=self._asked_by(upload),
        )

    def _asked_by(self, upload: UploadEvent) -> str | None:
        return (upload.execution or self.run.request_id) if upload.again else None

    def _claim(self, fresh: JobRecord, upload: UploadEvent) -> tuple[JobRecord, Claim | None]:
        """Return the record, and what an existing one means (None: it is new and ours)."""
        existing = self.services.ledger.create(fresh, self.run.now)
        if existing is None:
            return fresh, None
        claim = judge(existing, run=self.run, asked_by=self._asked_by(upload))
        if claim in (Claim.DUPLICATE, Claim.WAIT):
            return existing, claim
        renewed = reclaim(existing, fresh, claim)
        if not self.services.ledger.replace(existing, renewed, self.run.now):
            raise ContendedError(f"another request claimed {fresh.record_id} at the same moment")
        logger.info("claim taken over", reason=claim.value)
        return renewed, claim

    def _hold(self, record: JobRecord, fault: PermanentError | None, *, may_wait: bool) -> Result:
        """Bring a claim to a job or to its end, or release it.

        Raises ``RetryableError``, but for what is throttled and may wait: Lambda's two retries come too soon for a
        burst of uploads, so the record itself waits until the reconciler takes it up.
        """
        intended: int | None = None
        try:
            adopted = self._adopt(record, fault)
            if adopted:
                return adopted
            if fault:
                raise fault
            request = self._job_request(record)
            intended = settled_at(self.run.lease_until)
            if not self.services.ledger.intend(record, intended).moved:
                raise ContendedError(f"the claim of {record.record_id} was lost")
            return self._submitted(record, self.services.transcoder.create_job(request))
        except PermanentError as error:
            return self._reject(record, error)
        except RetryableError as error:
            now = self.services.clock()
            # This invocation is over with its job request, so the wait for the lists starts now.
            settled = settled_at(now) if intended else record.intent_until
            self.services.ledger.release(record, now, intent_until=settled)
            if not (may_wait and isinstance(error, ThrottledError)):
                raise
            logger.info("no room now: it waits", reason=str(error))
            count("UploadsWaiting")
            return _result(Outcome.WAITING, About.record(record), status=record.status, reason=str(error))

    def _adopt(self, record: JobRecord, fault: PermanentError | None) -> Result | None:
        """Follow the job that an earlier holder of this claim may have created, if it did.

        Raises ``ContendedError`` while that cannot be told.
        """
        if record.intent_until is None:
            return None
        jobs = [
            job
            for job in self.services.transcoder.find_jobs(
                _url(record), queue=self.settings.queue_arn, record_id=record.record_id, since=record.claimed_at
            )
            if job.job_id not in record.past_jobs
        ]
        if not jobs:
            if self.services.clock() < record.intent_until:
                raise ContendedError(f"it is not certain yet whether a job of {record.record_id} was created")
            return None
        superseded = isinstance(fault, SupersededError)
        best = min(jobs, key=_preference)
        for job in jobs:
            if job.status in RUNNING and (superseded or job is not best):
                self.services.transcoder.cancel_job(job.job_id)
        if superseded:
            return None
        logger.info("job found", job_id=best.job_id, job_status=best.status)
        return self._submitted(record, best.job_id)

    def _job_request(self, record: JobRecord) -> CreateJobRequestTypeDef:
        common = self.settings.common
        plan = JobPlan(
            role_arn=self.settings.role_arn,
            queue_arn=self.settings.queue_arn,
            output_bucket=common.output_bucket,
            environment=common.environment,
            segment_seconds=self.settings.segment_seconds,
            max_height=self.settings.max_height,
        )
        source = parse_probe(self.services.transcoder.probe(_url(record)))
        return build_job(record, source, plan)

    def _submitted(self, record: JobRecord, job_id: str) -> Result:
        current = self.services.ledger.submit(record, job_id, self.services.clock()).record
        if current is not None and current.job_id != job_id:
            if current.ended or current.job_id:
                logger.warning("the record has ended or follows another job: this one is canceled", job_id=job_id)
                self.services.transcoder.cancel_job(job_id)
            return _duplicate(current)
        logger.info("job submitted", job_id=job_id)
        count("JobsSubmitted")
        # The job's own events may have moved the record further already.
        status = current.status if current else Status.SUBMITTED
        return _result(Outcome.SUBMITTED, About.record(record), job_id=job_id, status=status)

    def _reject(self, record: JobRecord, error: PermanentError) -> Result:
        status = Status.SUPERSEDED if isinstance(error, SupersededError) else Status.REJECTED
        logger.warning("object rejected", error_code=error.code, reason=str(error))
        ended = self._close(record, Ending(status=status, fault=_fault(error)))
        if ended is None:
            raise ContendedError(f"the claim of {record.record_id} was lost")
        return _result(Outcome.REJECTED, About.record(record), status=status, reason=str(error))

    def _close(self, record: JobRecord, ending: Ending) -> JobRecord | None:
        move = self.services.ledger.close(record, ending, self.run)
        if not move.moved or move.record is None:
            return None
        tell(move.record, settings=self.settings.common, services=self.services)
        return move.record

    def _supersede_older(self, record: JobRecord) -> None:
        """End the unfinished versions that this one took the place of, and cancel their jobs.

        It saves money and time and no more: what is left out here ends when its job does, so no failure is raised.
        """
        if record.version_id is None:
            return
        try:
            versions = [stored.version_id for stored in self.services.objects.versions(record.bucket, record.key)]
            if record.version_id in versions:
                for older in versions[versions.index(record.version_id) + 1 :][:_OLDER_VERSIONS]:
                    self._supersede(record_id(record.bucket, record.key, older or ""), record.version_id)
        except RetryableError as error:
            logger.warning("older versions were not looked at", reason=str(error))

    def _supersede(self, identity: str, newer: str) -> None:
        older = self.services.ledger.read(identity)
        if older is None or older.ended:
            return
        move = self.services.ledger.close(
            older, Ending(status=Status.SUPERSEDED, fault=_fault(_superseded(newer))), self.run
        )
        if not move.moved or move.record is None:
            return
        if move.record.job_id:
            self.services.transcoder.cancel_job(move.record.job_id)
        tell(move.record, settings=self.settings.common, services=self.services)

    def _turn_away(self, about: About, error: PermanentError) -> Result:
        """Reject what cannot be claimed, because no object version can be named."""
        logger.warning("event turned away", error_code=error.code, reason=str(error))
        notice = build_notice(
            NoticeEvent.FAILED,
            about,
            environment=self.settings.common.environment,
            moment=self.services.clock(),
            identity=self.run.request_id,
            fault=_fault(error),
        )
        self.services.announcer.publish(notice)
        count("Rejected")
        return _result(Outcome.REJECTED, about, reason=str(error))


def _fault_of(upload: UploadEvent, stored: StoredObject) -> PermanentError | None:
    """Say what stands against transcoding the version that an event is about, by what is current."""
    current = upload.version_id == stored.version_id if upload.version_id else upload.etag in (None, stored.etag)
    if not current:
        return _superseded(stored.version_id)
    return EmptyObjectError("the object has zero bytes") if stored.size == 0 else None


def _superseded(newer: str | None) -> SupersededError:
    return SupersededError(f"the object was overwritten: its version is now {newer or 'another one'}")


def _url(record: JobRecord) -> str:
    return f"s3://{record.bucket}/{record.key}"


def _preference(job: JobStateChange) -> tuple[int, str]:
    """Order jobs of one record: what is done before what runs before what failed, and then always the same way."""
    statuses = ("COMPLETE", "PROGRESSING", "SUBMITTED")
    return (statuses.index(job.status) if job.status in statuses else len(statuses), job.job_id)


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
