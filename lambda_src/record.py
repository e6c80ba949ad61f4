"""The job record: one per object version, and how it may move.

::

    CLAIMED ──► SUBMITTED ──► PROGRESSING ──► COMPLETE
       │            └──────────────┴────────► ERROR | CANCELED
       └──► REJECTED

A record never moves left. The one way back is a request by the state machine or an operator, which starts a new
attempt on a record that ended in failure. Job events may arrive before the orchestrator has written the job id, twice,
and out of order, so a CLAIMED record may move straight to any of a job's states.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from enum import Enum, StrEnum


class Status(StrEnum):
    """Where an object version stands."""

    CLAIMED = "CLAIMED"
    SUBMITTED = "SUBMITTED"
    PROGRESSING = "PROGRESSING"
    COMPLETE = "COMPLETE"
    ERROR = "ERROR"
    CANCELED = "CANCELED"
    REJECTED = "REJECTED"


UNFINISHED = (Status.CLAIMED, Status.SUBMITTED, Status.PROGRESSING)
FAILED = (Status.ERROR, Status.CANCELED, Status.REJECTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRecord:
    """What the job table holds of one object version, as far as the code decides on it.

    Times are epoch seconds. ``version_id`` is None on a bucket without versions. ``request_id`` is the Lambda request
    that holds the claim until ``lease_until``. ``past_jobs`` are the jobs of earlier attempts, whose late events must
    not move this one.
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
    claimed_at: int
    lease_until: int
    job_id: str | None = None
    past_jobs: tuple[str, ...] = ()


class Claim(Enum):
    """What an existing record means for someone who wants to claim its object version."""

    RESUME = "the claim lapsed or is our own: go on with the same attempt"
    RESTART = "the last attempt failed and another was asked for"
    DUPLICATE = "someone else is at work, or the work is done"


def record_id(bucket: str, key: str, version: str) -> str:
    """Return the identity of an object version (version id, else ETag): 64 hexadecimal characters."""
    return hashlib.sha256(f"{bucket}\0{key}\0{version}".encode()).hexdigest()


def judge(existing: JobRecord, *, request_id: str, by_request: bool, now: float) -> Claim:
    """Decide what an existing record allows.

    A claim outlives its holder in two ways that must not leave it stuck: Lambda retries an event under the same
    request id, and any later event may take over once the lease is over.
    """
    if existing.status is Status.CLAIMED:
        ours = bool(request_id) and existing.request_id == request_id
        return Claim.RESUME if ours or existing.lease_until <= now else Claim.DUPLICATE
    return Claim.RESTART if by_request and existing.status in FAILED else Claim.DUPLICATE


def reclaim(existing: JobRecord, fresh: JobRecord, claim: Claim) -> JobRecord:
    """Return the record that replaces an existing one under a new claim.

    A resumed attempt keeps its number, so that MediaConvert recognises the job if it was created already.
    """
    past = (*existing.past_jobs, existing.job_id) if existing.job_id else existing.past_jobs
    step = 1 if claim is Claim.RESTART else 0
    return replace(fresh, attempt=existing.attempt + step, past_jobs=past)


def request_token(identity: str, attempt: int) -> str:
    """Return the ``ClientRequestToken`` of an attempt: ASCII, at most 64 characters.

    MediaConvert answers a token repeated within a minute with the job it made the first time
    (https://docs.aws.amazon.com/mediaconvert/latest/apireference/idempotency.html).
    """
    return f"{identity[:56]}-{attempt}"
