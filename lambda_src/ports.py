"""What the handlers need of the outside world, as protocols: ``adapter`` meets them with AWS, tests in memory.

Every method may raise ``RetryableError``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mypy_boto3_mediaconvert.type_defs import CreateJobRequestTypeDef

    from lambda_src.job_event import JobStateChange
    from lambda_src.notices import Notice
    from lambda_src.record import Fault, JobRecord, Status
    from lambda_src.run import Run
    from lambda_src.stream import Stream


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredObject:
    """An object's current version: bytes, ETag without quotes, and no version id on a bucket without versions."""

    size: int
    etag: str
    version_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How a job ended, as it goes into its record."""

    status: Status
    stream: Stream | None = None
    fault: Fault | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """What became of a conditional write: whether it happened, and the record as it is now (None: there is none)."""

    moved: bool
    record: JobRecord | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredVersion:
    """One version of an object; None on a bucket without versions, ETag without quotes."""

    version_id: str | None
    etag: str


class ObjectStore(Protocol):
    """The buckets."""

    def head(self, bucket: str, key: str) -> StoredObject:
        """Look at the current version.

        Raises ``ObjectGoneError`` where there is none, ``LockedObjectError`` where a customer's own key locks it.
        """

    def versions(self, bucket: str, key: str) -> tuple[StoredVersion, ...]:
        """Return the latest versions of an object's content, newest first; deletions are no version."""

    def put_json(self, bucket: str, key: str, body: Mapping[str, Any]) -> None:
        """Write a JSON object."""


class Ledger(Protocol):
    """The job table. Every write is conditional, so that duplicates and late events change nothing."""

    def read(self, record_id: str) -> JobRecord | None:
        """Return a record as it is now."""

    def due(self, now: float, *, limit: int) -> tuple[str, ...]:
        """Return ids of records that should have moved by now, the longest overdue first; a moment old."""

    def create(self, record: JobRecord, now: float) -> JobRecord | None:
        """Write a first record, or return the one that is there already."""

    def replace(self, old: JobRecord, new: JobRecord, now: float) -> bool:
        """Put a new claim in place of a record if that is still as it was read."""

    def intend(self, claim: JobRecord, intent_until: int) -> Move:
        """Write down, before a job is created, that it may have been; under a claim that is still held."""

    def release(self, claim: JobRecord, now: float, *, intent_until: int | None) -> None:
        """End the lease of a claim, if it is still held."""

    def submit(self, claim: JobRecord, job_id: str, now: float) -> Move:
        """Record the job of a claim that is still held."""

    def progress(self, record_id: str, job_id: str, percent: int | None, now: float) -> Move:
        """Move an unfinished record to PROGRESSING and its percentage up, never down."""

    def finish(self, record_id: str, job_id: str, ending: Ending, run: Run) -> Move:
        """Move an unfinished record to the end of its job, and take charge of the notice."""

    def close(self, record: JobRecord, ending: Ending, run: Run) -> Move:
        """End an unfinished attempt that no job ends, and take charge of the notice.

        A claim ends only by whoever holds it, or once its lease is over, unless a newer version takes its place.
        """

    def postpone(self, record: JobRecord, due_at: float) -> None:
        """Say when a record that is as it was read should be looked at again."""

    def take_charge(self, record: JobRecord, run: Run) -> bool:
        """Take charge of a notice that was not sent, if nobody has charge of it any more."""

    def give_back(self, record: JobRecord, now: float) -> None:
        """Give the charge of a notice back that could not be sent."""

    def mark_notified(self, record: JobRecord, now: float) -> None:
        """Remember that the notice of a record's end was sent; from here on the record may expire."""


class Transcoder(Protocol):
    """MediaConvert."""

    def probe(self, url: str) -> Mapping[str, Any]:
        """Return the ``ProbeResult`` of a file. Raises ``UnreadableMediaError`` or ``ObjectGoneError``."""

    def create_job(self, request: CreateJobRequestTypeDef) -> str:
        """Create a job and return its id. Raises ``JobRefusedError``."""

    def find_jobs(self, url: str, *, queue: str, record_id: str, since: float) -> tuple[JobStateChange, ...]:
        """Return the jobs that were created for a record since a time, in no order; a moment old."""

    def get_job(self, job_id: str) -> JobStateChange | None:
        """Return how a job stands, None where MediaConvert does not know it."""

    def cancel_job(self, job_id: str) -> None:
        """Cancel a job; one that has ended stays as it is."""


class Orchestrators(Protocol):
    """The orchestrator function, for whoever finds an upload that it left unfinished."""

    def resume(self, record: JobRecord) -> None:
        """Let the orchestrator take an object version as if S3 had told of it."""


class Announcer(Protocol):
    """The topic."""

    def publish(self, notice: Notice) -> None:
        """Send a notice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Everything a handler acts through."""

    objects: ObjectStore
    ledger: Ledger
    transcoder: Transcoder
    announcer: Announcer
    orchestrators: Orchestrators
    clock: Callable[[], float]
