"""Lambda handler: on a schedule, whatever has not moved for too long is brought to its end.

Events get lost: a rule is replaced, a function dies three times, a topic does not answer. The job table's sparse index
holds every record that has not ended or that people were not told of, by the time at which it should have moved. For
each that is overdue:

- one that has ended is told;
- one with a job takes the state of that job, as MediaConvert tells it now;
- one without a job goes to the orchestrator again, as if S3 had told of it, and is given up after a day.

It is safe to run twice at once: every move is a conditional write.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, TypedDict

from lambda_src.adapter import connect
from lambda_src.environment import ReconcilerEnvironment
from lambda_src.errors import RetryableError
from lambda_src.job_end import end_record
from lambda_src.job_event import ENDS
from lambda_src.ports import Ending, Move, Services
from lambda_src.record import Fault, JobRecord, Status, out_of_patience
from lambda_src.run import Run, run_of
from lambda_src.telemetry import count, logger, metrics, retries_counted, tracer
from lambda_src.telling import tell, tell_what_was_not

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

_AT_ONCE = 100
# Which part of an invocation is for taking up records; the rest is for the last one, and the next invocation goes on.
_TAKING_UP = 0.5
# When to look again at a job that runs, and at an upload that the orchestrator was asked to take.
_RUNNING_SECONDS = 900
_ASKED_SECONDS = 240


class Result(TypedDict):
    """How many records were overdue and looked at, and how many of these could not be brought further now."""

    looked_at: int
    failed: int


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics(capture_cold_start_metric=True)
@tracer.capture_lambda_handler(capture_response=False)
def handler(event: Any, context: LambdaContext) -> Result:
    """Look at what is overdue. Raises ``RetryableError`` where some of it could not be brought further."""
    del event
    with retries_counted():
        settings, services = _settings(), _services()
        run = run_of(context, services.clock())
        return Reconciliation(settings=settings, services=services, run=run).reconcile()


@cache
def _settings() -> ReconcilerEnvironment:
    return ReconcilerEnvironment.parse(os.environ)


@cache
def _services() -> Services:
    return connect(_settings().common, orchestrator=_settings().orchestrator)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciliation:
    """One look at everything that is overdue."""

    settings: ReconcilerEnvironment
    services: Services
    run: Run

    def reconcile(self) -> Result:
        """Bring overdue records further, each whatever becomes of the others."""
        failures: list[RetryableError] = []
        looked_at = 0
        until = self.run.now + _TAKING_UP * (self.run.lease_until - self.run.now)
        for identity in self.services.ledger.due(self.run.now, limit=_AT_ONCE):
            if self.services.clock() > until:
                break
            looked_at += 1
            try:
                self._bring_further(identity)
            except RetryableError as error:
                logger.warning("a record could not be brought further", record_id=identity, reason=str(error))
                failures.append(error)
        logger.info("looked at what is overdue", looked_at=looked_at, failed=len(failures))
        if failures:
            raise failures[0]
        return {"looked_at": looked_at, "failed": 0}

    def _bring_further(self, identity: str) -> None:
        record = self.services.ledger.read(identity)
        if record is None or record.notified:
            return
        logger.info("overdue", record_id=identity, status=record.status)
        count("RecordsOverdue")
        if record.ended:
            tell_what_was_not(record, settings=self.settings.common, services=self.services, run=self.run)
        elif record.job_id:
            self._ask_for_job(record, record.job_id)
        elif record.lease_until <= self.run.now:
            self._resume(record)

    def _ask_for_job(self, record: JobRecord, job_id: str) -> None:
        change = self.services.transcoder.get_job(job_id)
        if change is None:
            fault = Fault(code="JobLost", message="MediaConvert does not know the job any more")
            ending = Ending(status=Status.ERROR, fault=fault)
            self._tell(self.services.ledger.finish(record.record_id, job_id, ending, self.run))
        elif change.status in ENDS:
            end_record(change, record.record_id, settings=self.settings.common, services=self.services, run=self.run)
        else:
            self.services.ledger.postpone(record, self.run.now + _RUNNING_SECONDS)

    def _resume(self, record: JobRecord) -> None:
        if out_of_patience(record, self.run.now):
            fault = Fault(code="GaveUp", message="no job could be created for this upload for a day; upload it again")
            ending = Ending(status=Status.REJECTED, fault=fault)
            self._tell(self.services.ledger.close(record, ending, self.run))
            return
        self.services.ledger.postpone(record, self.run.now + _ASKED_SECONDS)
        self.services.orchestrators.resume(record)

    def _tell(self, move: Move) -> None:
        if move.moved and move.record is not None:
            tell(move.record, settings=self.settings.common, services=self.services)
