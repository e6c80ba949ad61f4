"""The job record: one per object version, and how it may move.

::

    CLAIMED ──► SUBMITTED ──► PROGRESSING ──► COMPLETE
       │            └──────────────┴────────► ERROR | CANCELED
       ├──► REJECTED
       └──► SUPERSEDED ◄── from SUBMITTED and PROGRESSING too

A record never moves left. The one way back is an operator's explicit request, which starts a new attempt on a record
that has ended. Job events may arrive before the orchestrator has written the job id, twice, and out of order, so a
CLAIMED record may move straight to any of a job's states. A record that has ended waits until people are told of it.

MediaConvert reads whatever version of an object is current. SUPERSEDED is the end of a version that was overwritten
before its stream was certain to hold it.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass, replace
from enum import Enum, StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lambda_src.run import Run


class Status(StrEnum):
    """Where an object version stands."""

    CLAIMED = "CLAIMED"
    SUBMITTED = "SUBMITTED"
    PROGRESSING = "PROGRESSING"
    COMPLETE = "COMPLETE"
    ERROR = "ERROR"
    CANCELED = "CANCELED"
    REJECTED = "REJECTED"
    SUPERSEDED = "SUPERSEDED"


UNFINISHED = (Status.CLAIMED, Status.SUBMITTED, Status.PROGRESSING)
FAILED = (Status.ERROR, Status.CANCELED, Status.REJECTED)
WITHOUT_STREAM = (*FAILED, Status.SUPERSEDED)
"""The ends of a version that has no stream."""

# A job that was just created may be missing from MediaConvert's lists. AWS states no bound; this one is generous beside
# the seconds that were seen. What is later still is canceled by its first event.
_SETTLE_SECONDS = 45
# A version that no job was created for within this time is given up, and its uploader told.
_PATIENCE_SECONDS = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Why it failed, as told to people."""

    code: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRecord:
    """What the job table holds of one object version, as far as the code decides on it.

    Times are epoch seconds. ``version_id`` is None on a bucket without versions. ``request_id`` is the Lambda request
    and ``holder`` the one invocation of it that holds the claim until ``lease_until``. ``claimed_at`` is when the
    attempt began. ``intent_until`` is None until a job may have been created, and then the time from which
    MediaConvert's lists are certain to show it. ``past_jobs`` are the jobs of earlier attempts, whose late events must
    not move this one. ``asked_by`` is the request that began the attempt, None where it was an event of S3. ``stream``
    and ``fault`` say how the record ended; ``notified`` whether people were told, and ``notice_until`` until when
    someone has charge of telling them.
    """

    record_id: str
    bucket: str
    key: str
    version_id: str | None
    etag: str
    status: Status
    output_prefix: str
    attempt: int
    request_id: str
    holder: str
    claimed_at: int
    lease_until: int
    intent_until: int | None = None
    asked_by: str | None = None
    job_id: str | None = None
    past_jobs: tuple[str, ...] = ()
    stream: Mapping[str, Any] | None = None
    fault: Fault | None = None
    notified: bool = False
    notice_until: int = 0

    @property
    def ended(self) -> bool:
        """Whether nothing but an operator's request can move the record any more."""
        return self.status not in UNFINISHED

    @property
    def notice_id(self) -> str:
        """The id of the one notice of this attempt's end, the same however often it is sent."""
        return f"{self.record_id}-{self.attempt}"

    def may_follow(self, job_id: str) -> bool:
        """Whether a job is this attempt's, or the first that reports itself for it."""
        return self.job_id == job_id if self.job_id else job_id not in self.past_jobs


class Claim(Enum):
    """What an existing record means for someone who wants to claim its object version."""

    RESUME = "the claim lapsed or is our own: go on with the same attempt"
    RESTART = "the last attempt has ended and another was asked for"
    WAIT = "an invocation for the same request may still be at work"
    DUPLICATE = "someone else is at work, or the work is done"


def record_id(bucket: str, key: str, version: str) -> str:
    """Return the identity of an object version (version id, else ETag): 64 hexadecimal characters."""
    return hashlib.sha256(f"{bucket}\0{key}\0{version}".encode()).hexdigest()


def judge(existing: JobRecord, *, run: Run, asked_by: str | None) -> Claim:
    """Decide what an existing record allows; ``asked_by`` is the explicit request for a new attempt, if it is one.

    Lambda runs one request more than once: after a failure, and now and then without one. So a claim belongs to an
    invocation; what another invocation began may be taken over once its lease is over. One request restarts a record
    once, however often it is delivered.
    """
    if existing.status is not Status.CLAIMED:
        fresh = asked_by is not None and existing.asked_by != asked_by
        return Claim.RESTART if fresh and existing.ended else Claim.DUPLICATE
    if existing.holder == run.invocation_id or existing.lease_until <= run.now:
        return Claim.RESUME
    return Claim.WAIT if run.request_id and existing.request_id == run.request_id else Claim.DUPLICATE


def reclaim(existing: JobRecord, fresh: JobRecord, claim: Claim) -> JobRecord:
    """Return the record that replaces an existing one under a new claim.

    A resumed attempt keeps its number, so that MediaConvert recognises the job if it was created a moment ago, and what
    is known of a job that may have been created.
    """
    if claim is Claim.RESTART:
        past = (*existing.past_jobs, existing.job_id) if existing.job_id else existing.past_jobs
        return replace(fresh, attempt=existing.attempt + 1, past_jobs=past)
    return replace(
        fresh,
        attempt=existing.attempt,
        past_jobs=existing.past_jobs,
        claimed_at=existing.claimed_at,
        intent_until=existing.intent_until,
        asked_by=existing.asked_by,
    )


def settled_at(over: float) -> int:
    """Return from when a job whose creator is over at a time is in MediaConvert's lists, if it was created."""
    return math.ceil(over) + _SETTLE_SECONDS


def out_of_patience(record: JobRecord, now: float) -> bool:
    """Tell whether a version has waited for its job for too long."""
    return now - record.claimed_at > _PATIENCE_SECONDS


def request_token(identity: str, attempt: int) -> str:
    """Return the ``ClientRequestToken`` of an attempt: ASCII, at most 64 characters.

    MediaConvert answers a token repeated within a minute with the job it made the first time
    (https://docs.aws.amazon.com/mediaconvert/latest/apireference/idempotency.html).
    """
    return f"{identity[:56]}-{attempt}"
