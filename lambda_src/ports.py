"""What the handlers need of the outside world, as protocols: ``adapter`` meets them with AWS, tests in memory.

Every method may raise ``RetryableError``.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mypy_boto3_mediaconvert.type_defs import CreateJobRequestTypeDef

    from lambda_src.notices import Fault, Notice
    from lambda_src.record import JobRecord, Status
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


class ObjectStore(Protocol):
    """The buckets."""

    def head(self, bucket: str, key: str) -> StoredObject:
        """Look at the current version. Raises ``ObjectGoneError`` where there is none."""

    def put_json(self, bucket: str, key: str, body: Mapping[str, Any]) -> None:
        """Write a JSON object."""


class Ledger(Protocol):
    """The job table. Every write is conditional, so that duplicates and late events change nothing."""

    def read(self, record_id: str) -> JobRecord | None:
        """Return a record as it is now."""

    def create(self, record: JobRecord) -> JobRecord | None:
        """Write a first record, or return the one that is there already."""

    def replace(self, old: JobRecord, new: JobRecord) -> bool:
        """Put a new claim in place of a record if that is still as it was read."""

    def release(self, claim: JobRecord) -> None:
        """End the lease of a claim, if it is still held."""

    def submit(self, claim: JobRecord, job_id: str, now: float) -> Move:
        """Record the job of a claim that is still held."""

    def reject(self, claim: JobRecord, fault: Fault, now: float) -> Move:
        """End a claim that is still held in REJECTED."""

    def progress(self, record_id: str, job_id: str, percent: int | None, now: float) -> Move:
        """Move an unfinished record to PROGRESSING and its percentage up, never down."""

    def finish(self, record_id: str, job_id: str, ending: Ending, run: Run) -> Move:
        """Move an unfinished record to its end and take charge of the notice.

        A record that ended this way already is "moved" again only where its notice was never sent and whoever had
        charge of it is over.
        """

    def mark_notified(self, record_id: str, job_id: str, now: float) -> None:
        """Remember that the notice of a job's end was sent."""


class Transcoder(Protocol):
    """MediaConvert."""

    def probe(self, url: str) -> Mapping[str, Any]:
        """Return the ``ProbeResult`` of a file. Raises ``UnreadableMediaError`` or ``ObjectGoneError``."""

    def create_job(self, request: CreateJobRequestTypeDef) -> str:
        """Create a job and return its id. Raises ``JobRefusedError``."""


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
    clock: Callable[[], float] = time.time
