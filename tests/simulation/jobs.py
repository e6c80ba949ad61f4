"""MediaConvert: jobs that wait, read what is current, run and end; lists that lag; tokens that are forgotten.

- A request token counts for a minute (https://docs.aws.amazon.com/mediaconvert/latest/apireference/idempotency.html).
- A job waits in its queue and sends no event until it starts; then come PROGRESSING, INPUT_INFORMATION, STATUS_UPDATE
  and an end (https://docs.aws.amazon.com/mediaconvert/latest/ug/mediaconvert_event_list.html).
- The input is opened when the job starts, at whatever version is current then.
- CreateJob is throttled by rate and burst; the figures are the simulation's.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from tests.simulation.cloud import Cloud, Paginator, client_error, exceptions

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.simulation.objects import Objects, Version

TOKEN_SECONDS = 60
NOT_A_VIDEO = b"a text"
BREAKS_OFF = b"a video that breaks off"
_PAGE = 20


@dataclass
class Job:
    """One job; ``read`` is the version that it opened, None before that."""

    job_id: str
    request: dict[str, Any]
    created_at: float
    status: str = "SUBMITTED"
    read: Version | None = None
    error: tuple[int, str] | None = None

    @property
    def record_id(self) -> str:
        """The record that the job was created for."""
        return str(self.request["UserMetadata"]["record_id"])

    @property
    def url(self) -> str:
        """The input."""
        return str(self.request["Settings"]["Inputs"][0]["FileInput"])

    @property
    def folder(self) -> str:
        """Where the stream goes, as an S3 URL without a slash at the end."""
        hls = self.request["Settings"]["OutputGroups"][0]["OutputGroupSettings"]["HlsGroupSettings"]
        return str(hls["Destination"]).rpartition("/")[0]


@dataclass
class Jobs:
    """The state of the service, and a client for it."""

    cloud: Cloud
    objects: Objects
    emit: Callable[[dict[str, Any]], None]
    probe_answer: Callable[[], dict[str, Any]]
    queue_seconds: float = 20
    run_seconds: float = 60
    list_lag_seconds: float = 10
    rate: float = 1_000
    burst: float = 1_000
    jobs: dict[str, Job] = field(default_factory=dict)
    streams: dict[str, Version] = field(default_factory=dict)
    """What lies in each folder, by what the job that wrote there last had read."""
    exceptions: Any = field(default_factory=lambda: exceptions("mediaconvert"))
    _tokens: dict[str, Job] = field(default_factory=dict)
    _allowance: tuple[float, float] | None = None

    # The client

    def probe(self, **request: Any) -> Any:
        """Answer Probe of what is current."""

        def effect() -> Any:
            found = self._open(request["InputFiles"][0]["FileUrl"])
            if found is None:
                raise client_error("Probe", "NotFoundException", 404)
            if found.content == NOT_A_VIDEO:
                raise client_error("Probe", "UnprocessableEntityException", 422, "no container was recognised")
            return {"ProbeResults": [self.probe_answer()]}

        return self.cloud.call("mediaconvert", "Probe", request, effect)

    def create_job(self, **request: Any) -> Any:
        """Answer CreateJob."""

        def effect() -> Any:
            self._throttle()
            known = self._tokens.get(request["ClientRequestToken"])
            if known and self.cloud.now - known.created_at < TOKEN_SECONDS:
                return {"Job": self._shown(known)}
            job = Job(f"job-{len(self.jobs) + 1}", request, self.cloud.now)
            self.jobs[job.job_id] = self._tokens[request["ClientRequestToken"]] = job
            self.cloud.scheduler.at(self.cloud.now + self.queue_seconds, lambda: self._start(job))
            return {"Job": self._shown(job)}

        return self.cloud.call("mediaconvert", "CreateJob", request, effect)

    def get_job(self, **request: Any) -> Any:
        """Answer GetJob."""
        return self.cloud.call(
            "mediaconvert", "GetJob", request, lambda: {"Job": self._shown(self._job("GetJob", request["Id"]))}
        )

    def cancel_job(self, **request: Any) -> Any:
        """Answer CancelJob."""

        def effect() -> Any:
            job = self._job("CancelJob", request["Id"])
            if job.status not in ("SUBMITTED", "PROGRESSING"):
                raise client_error("CancelJob", "ConflictException", 409)
            self.stop(job)
            return {}

        return self.cloud.call("mediaconvert", "CancelJob", request, effect)

    def list_jobs(self, **request: Any) -> Any:
        """Answer ListJobs."""
        return self.cloud.call("mediaconvert", "ListJobs", request, lambda: self._list(request))

    def search_jobs(self, **request: Any) -> Any:
        """Answer SearchJobs."""
        return self.cloud.call("mediaconvert", "SearchJobs", request, lambda: self._list(request))

    def get_paginator(self, operation: str) -> Paginator:
        """Return a paginator of ListJobs or SearchJobs."""
        return Paginator(getattr(self, operation), {"NextToken": "NextToken"}, "MaxResults")

    # What happens

    def stop(self, job: Job) -> None:
        """Cancel a job that waits or runs."""
        job.status = "CANCELED"
        self._tell(job, "CANCELED")

    def _start(self, job: Job) -> None:
        if job.status != "SUBMITTED":
            return
        job.status = "PROGRESSING"
        self._tell(job, "PROGRESSING")
        job.read = self._open(job.url)
        later, now = self.cloud.scheduler.at, self.cloud.now
        if job.read is None or job.read.content == BREAKS_OFF:
            reason = "the file cannot be opened" if job.read is None else "the file breaks off"
            later(now + 2, lambda: self._end(job, (1040, reason)))
            return
        later(now + 1, lambda: self._tell_while_running(job, "INPUT_INFORMATION"))
        later(now + self.run_seconds / 2, lambda: self._tell_while_running(job, "STATUS_UPDATE", 50))
        later(now + self.run_seconds, lambda: self._end(job, None))

    def _tell_while_running(self, job: Job, status: str, percent: int | None = None) -> None:
        if job.status == "PROGRESSING":
            self._tell(job, status, percent)

    def _end(self, job: Job, error: tuple[int, str] | None) -> None:
        if job.status != "PROGRESSING":
            return
        job.status, job.error = ("ERROR", error) if error else ("COMPLETE", None)
        if job.read and not error:
            self.streams[job.folder] = job.read
        self._tell(job, job.status)

    def _tell(self, job: Job, status: str, percent: int | None = None) -> None:
        detail: dict[str, Any] = {"jobId": job.job_id, "status": status, "userMetadata": job.request["UserMetadata"]}
        if percent is not None:
            detail["jobProgress"] = {"jobPercentComplete": percent}
        if job.error:
            detail |= {"errorCode": job.error[0], "errorMessage": job.error[1]}
        if status == "COMPLETE":
            detail["outputGroupDetails"] = [self._outputs(job)]
        self.emit({"detail-type": "MediaConvert Job State Change", "source": "aws.mediaconvert", "detail": detail})

    def _outputs(self, job: Job) -> dict[str, Any]:
        names = [output["NameModifier"] for output in job.request["Settings"]["OutputGroups"][0]["Outputs"]]
        return {
            "type": "HLS_GROUP",
            "playlistFilePaths": [f"{job.folder}/index.m3u8"],
            "outputDetails": [
                {"outputFilePaths": [f"{job.folder}/index{name}.m3u8"], "durationInMs": 10_000} for name in names
            ],
        }

    # What is known

    def _throttle(self) -> None:
        now = self.cloud.now
        left, since = self._allowance or (self.burst, now)
        left = min(self.burst, left + (now - since) * self.rate)
        self._allowance = (left, now)
        if left < 1:
            raise client_error("CreateJob", "TooManyRequestsException", 429)
        self._allowance = (left - 1, now)

    def _open(self, url: str) -> Version | None:
        bucket, _, key = url.removeprefix("s3://").partition("/")
        return self.objects.current(bucket, key)

    def _job(self, operation: str, job_id: str) -> Job:
        if job_id not in self.jobs:
            raise client_error(operation, "NotFoundException", 404)
        return self.jobs[job_id]

    def _list(self, request: dict[str, Any]) -> dict[str, Any]:
        listed = [
            job
            for job in reversed(self.jobs.values())
            if job.created_at <= self.cloud.now - self.list_lag_seconds
            and request.get("InputFile", "") in job.url
            and request.get("Queue") in (None, job.request["Queue"])
        ]
        first = int(request.get("NextToken", 0))
        rest = {"NextToken": str(first + _PAGE)} if len(listed) > first + _PAGE else {}
        return {"Jobs": [self._shown(job) for job in listed[first : first + _PAGE]], **rest}

    def _shown(self, job: Job) -> dict[str, Any]:
        shown: dict[str, Any] = {
            "Id": job.job_id,
            "Status": job.status,
            "CreatedAt": datetime.fromtimestamp(job.created_at, UTC),
            "UserMetadata": job.request["UserMetadata"],
            "Settings": job.request["Settings"],
        }
        if job.error:
            shown |= {"ErrorCode": job.error[0], "ErrorMessage": job.error[1]}
        if job.status == "COMPLETE":
            outputs = job.request["Settings"]["OutputGroups"][0]["Outputs"]
            shown["OutputGroupDetails"] = [{"OutputDetails": [{"DurationInMs": 10_000} for _ in outputs]}]
        return shown
