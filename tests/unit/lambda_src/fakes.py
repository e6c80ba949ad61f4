"""The adapter's protocols in memory. The ledger keeps the conditional writes of the real one."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from lambda_src.errors import ObjectGoneError
from lambda_src.ports import Ending, Move, StoredObject
from lambda_src.record import UNFINISHED, JobRecord, Status

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mypy_boto3_mediaconvert.type_defs import CreateJobRequestTypeDef

    from lambda_src.notices import Fault, Notice
    from lambda_src.run import Run


class Faults:
    """Failures to come, one each time a method of that name is called."""

    def __init__(self) -> None:
        self._waiting: dict[str, list[BaseException]] = {}

    def add(self, method: str, *errors: BaseException) -> None:
        self._waiting.setdefault(method, []).extend(errors)

    def strike(self, method: str) -> None:
        if self._waiting.get(method):
            raise self._waiting[method].pop(0)


@dataclass
class FakeObjects:
    faults: Faults
    stored: dict[tuple[str, str], StoredObject] = field(default_factory=dict)
    written: dict[tuple[str, str], Mapping[str, Any]] = field(default_factory=dict)

    def head(self, bucket: str, key: str) -> StoredObject:
        self.faults.strike("head")
        if (bucket, key) not in self.stored:
            raise ObjectGoneError("object deleted before processing")
        return self.stored[bucket, key]

    def put_json(self, bucket: str, key: str, body: Mapping[str, Any]) -> None:
        self.faults.strike("put_json")
        self.written[bucket, key] = body


@dataclass
class FakeTranscoder:
    faults: Faults
    probes: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    jobs: list[CreateJobRequestTypeDef] = field(default_factory=list)
    before_answer: Callable[[str], None] | None = None
    """Called with the job id before ``create_job`` returns, as job events may be faster than the answer."""

    def probe(self, url: str) -> Mapping[str, Any]:
        self.faults.strike("probe")
        return self.probes[url]

    def create_job(self, request: CreateJobRequestTypeDef) -> str:
        self.faults.strike("create_job")
        tokens = [job["ClientRequestToken"] for job in self.jobs]
        if request["ClientRequestToken"] not in tokens:
            self.jobs.append(request)
            tokens.append(request["ClientRequestToken"])
        job_id = f"job-{tokens.index(request['ClientRequestToken']) + 1}"
        if self.before_answer:
            self.before_answer(job_id)
        self.faults.strike("create_job answer")
        return job_id


@dataclass
class FakeAnnouncer:
    faults: Faults
    sent: list[Notice] = field(default_factory=list)

    def publish(self, notice: Notice) -> None:
        self.faults.strike("publish")
        self.sent.append(notice)


@dataclass
class Row:
    """A record and the attributes that only the ledger looks at."""

    record: JobRecord
    values: dict[str, Any] = field(default_factory=dict)


@dataclass
class FakeLedger:
    faults: Faults
    rows: dict[str, Row] = field(default_factory=dict)

    def read(self, record_id: str) -> JobRecord | None:
        self.faults.strike("read")
        row = self.rows.get(record_id)
        return row.record if row else None

    def create(self, record: JobRecord) -> JobRecord | None:
        self.faults.strike("create")
        if record.record_id in self.rows:
            return self.rows[record.record_id].record
        self.rows[record.record_id] = Row(record)
        return None

    def replace(self, old: JobRecord, new: JobRecord) -> bool:
        self.faults.strike("replace")
        now = self.rows[old.record_id].record
        same = [(one.status, one.request_id, one.attempt, one.lease_until) for one in (old, now)]
        if same[0] != same[1]:
            return False
        self.rows[old.record_id] = Row(new)
        return True

    def release(self, claim: JobRecord) -> None:
        self.faults.strike("release")
        self._held(claim, lease_until=0)

    def submit(self, claim: JobRecord, job_id: str, now: float) -> Move:
        self.faults.strike("submit")
        return self._held(claim, {"updated_at": int(now)}, status=Status.SUBMITTED, job_id=job_id)

    def reject(self, claim: JobRecord, fault: Fault, now: float) -> Move:
        self.faults.strike("reject")
        values = {"updated_at": int(now), "error_code": fault.code, "error_message": fault.message}
        return self._held(claim, values, status=Status.REJECTED)

    def progress(self, record_id: str, job_id: str, percent: int | None, now: float) -> Move:
        self.faults.strike("progress")
        row = self.rows.get(record_id)
        if not row or not _open_to(row, job_id) or row.values.get("percent", -1) >= (percent or 0):
            return Move(moved=False, record=row.record if row else None)
        values = {"percent": percent or 0, "updated_at": int(now)}
        return _set(row, values, status=Status.PROGRESSING, job_id=job_id)

    def finish(self, record_id: str, job_id: str, ending: Ending, run: Run) -> Move:
        self.faults.strike("finish")
        row = self.rows.get(record_id)
        if not row:
            return Move(moved=False, record=None)
        charge = {"notice_request_id": run.request_id, "notice_until": int(run.lease_until)}
        if _open_to(row, job_id):
            stream = ending.stream.as_json() if ending.stream else {}
            values = {name: stream.get(name) for name in ("playlist", "poster", "duration_seconds", "renditions")}
            values |= {"error_code": ending.fault.code, "error_message": ending.fault.message} if ending.fault else {}
            values |= {"percent": 100} if ending.status is Status.COMPLETE else {}
            return _set(row, {**values, **charge, "updated_at": int(run.now)}, status=ending.status, job_id=job_id)
        unsent = (row.record.status, row.record.job_id) == (ending.status, job_id) and "notified" not in row.values
        over = row.values.get("notice_until", 0) <= run.now or row.values.get("notice_request_id") == run.request_id
        return _set(row, charge) if unsent and over else Move(moved=False, record=row.record)

    def mark_notified(self, record_id: str, job_id: str, now: float) -> None:
        self.faults.strike("mark_notified")
        row = self.rows[record_id]
        if row.record.job_id == job_id:
            _set(row, {"notified": True, "updated_at": int(now)})

    def _held(self, claim: JobRecord, values: dict[str, Any] | None = None, **changes: Any) -> Move:
        row = self.rows.get(claim.record_id)
        if row is None:
            return Move(moved=False, record=None)
        held = (Status.CLAIMED, claim.request_id, claim.attempt)
        if (row.record.status, row.record.request_id, row.record.attempt) != held:
            return Move(moved=False, record=row.record)
        return _set(row, values or {}, **changes)


def _open_to(row: Row, job_id: str) -> bool:
    record = row.record
    ours = record.job_id == job_id or (record.job_id is None and job_id not in record.past_jobs)
    return record.status in UNFINISHED and ours


def _set(row: Row, values: dict[str, Any], **changes: Any) -> Move:
    row.values |= {name: value for name, value in values.items() if value is not None}
    row.record = replace(row.record, **changes)
    return Move(moved=True, record=row.record)
