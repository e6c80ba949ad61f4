"""The whole pipeline on simulated services: what S3 and MediaConvert tell, and what the functions make of it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, Any

from lambda_src.adapter import connect
from lambda_src.environment import OrchestratorEnvironment, ReconcilerEnvironment
from lambda_src.job_events import Follower
from lambda_src.ledger_item import record_from_item
from lambda_src.orchestrator import Orchestration
from lambda_src.reconciler import Reconciliation
from lambda_src.record import JobRecord, record_id
from lambda_src.run import Run
from tests.simulation.cloud import Cloud, Fault
from tests.simulation.functions import Functions
from tests.simulation.jobs import Jobs
from tests.simulation.objects import Objects, Version
from tests.simulation.scheduler import Scheduler
from tests.simulation.table import Table
from tests.simulation.topic import Topic

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lambda_src.ports import Services

START = 1_760_000_000
UPLOADS = "media-pipeline-dev-uploads-123456789012"
OUTPUT = "media-pipeline-dev-output-123456789012"
VARIABLES = {
    "AWS_REGION": "eu-west-1",
    "ENVIRONMENT": "dev",
    "JOB_TABLE": "media-pipeline-dev-jobs",
    "TOPIC_ARN": "arn:aws:sns:eu-west-1:123456789012:media-pipeline-dev-notifications",
    "OUTPUT_BUCKET": OUTPUT,
    "RECORD_TTL_DAYS": "90",
    "UPLOAD_BUCKET": UPLOADS,
    "KEY_PREFIX": "",
    "MEDIACONVERT_ROLE_ARN": "arn:aws:iam::123456789012:role/media-pipeline-dev-mediaconvert",
    "MEDIACONVERT_QUEUE_ARN": "arn:aws:mediaconvert:eu-west-1:123456789012:queues/media-pipeline-dev",
    "SEGMENT_SECONDS": "6",
    "MAX_HEIGHT": "1080",
    "ORCHESTRATOR_FUNCTION": "media-pipeline-dev-orchestrator",
}
SETTINGS = OrchestratorEnvironment.parse(VARIABLES)
RECONCILER_SETTINGS = ReconcilerEnvironment.parse(VARIABLES)
RECONCILED_EVERY_SECONDS = 60.0
VIDEO = b"a video"

_PROBE = {
    "Container": {
        "Format": "mp4",
        "Duration": 10.0,
        "Tracks": [
            {
                "Index": 1,
                "TrackType": "video",
                "Codec": "AVC",
                "VideoProperties": {"Width": 1920, "Height": 1080, "BitRate": 8_000_000},
            },
            {"Index": 2, "TrackType": "audio", "Codec": "AAC", "AudioProperties": {"Channels": 2}},
        ],
    }
}


class _Session:
    """Gives the simulated clients as ``boto3.Session`` gives real ones."""

    def __init__(self, clients: dict[str, Any]) -> None:
        self._clients = clients

    def client(self, service: str, **_: Any) -> Any:
        return self._clients[service]


@dataclass
class Delivery:
    """How events come: after a while, now and then twice or not at all."""

    random: Random = field(default_factory=lambda: Random(0))  # noqa: S311 - a course of events, no secret
    longest_seconds: float = 2.0
    repeated: float = 0.0
    lost: float = 0.0

    def delays(self) -> list[float]:
        """Return after how many seconds an event is delivered, each time that it is."""
        if self.random.random() < self.lost:
            return []
        times = 2 if self.random.random() < self.repeated else 1
        return [self.random.uniform(0, self.longest_seconds) for _ in range(times)]


class World:
    """Everything of one history."""

    def __init__(
        self, *, faults: Iterable[Fault] = (), delivery: Delivery | None = None, versioned: bool = True
    ) -> None:
        self.scheduler = Scheduler(float(START))
        self.cloud = Cloud(self.scheduler, faults)
        self.delivery = delivery or Delivery()
        self.objects = Objects(self.cloud, self._tell_of_object, versioned=versioned)
        self.table = Table(self.cloud)
        self.jobs = Jobs(self.cloud, self.objects, self._tell_of_job, lambda: json.loads(json.dumps(_PROBE)))
        self.topic = Topic(self.cloud)
        self.functions = Functions(self.cloud, self._make_run)
        self.functions.handlers = {
            VARIABLES["ORCHESTRATOR_FUNCTION"]: self.orchestrate,
            "job-events": self.follow,
            "reconciler": self.reconcile,
        }
        self.reconciled_every = RECONCILED_EVERY_SECONDS
        self.told_of: list[Version] = []
        self.services = self._connect()

    # How the code is called

    def _connect(self) -> Services:
        session = _Session(
            {
                "s3": self.objects,
                "dynamodb": self.table,
                "mediaconvert": self.jobs,
                "sns": self.topic,
                "lambda": self.functions,
            }
        )
        return connect(
            SETTINGS.common,
            session=session,  # type: ignore[arg-type] # it has what is used of one
            orchestrator=RECONCILER_SETTINGS.orchestrator,
            clock=lambda: self.scheduler.now,
        )

    def _make_run(self, request_id: str, invocation_id: str, now: float, lease_until: float) -> Run:
        return Run(request_id=request_id, invocation_id=invocation_id, now=now, lease_until=lease_until)

    def orchestrate(self, event: Any, run: Run | None = None) -> Any:
        """Call the orchestrator."""
        run = run or self.functions.run()
        return Orchestration(settings=SETTINGS, services=self.services, run=run).handle(event)

    def follow(self, event: Any, run: Run | None = None) -> Any:
        """Call the job-events function."""
        run = run or self.functions.run()
        return Follower(settings=SETTINGS.common, services=self.services, run=run).handle(event)

    def reconcile(self, _: Any = None, run: Run | None = None) -> Any:
        """Call the reconciler."""
        run = run or self.functions.run()
        return Reconciliation(settings=RECONCILER_SETTINGS, services=self.services, run=run).reconcile()

    # How events come

    def _tell_of_object(self, version: Version) -> None:
        if version.bucket == UPLOADS:
            self._deliver(RECONCILER_SETTINGS.orchestrator, self.created(version), version)

    def _tell_of_job(self, event: dict[str, Any]) -> None:
        self._deliver("job-events", event)

    def _deliver(self, name: str, event: Any, version: Version | None = None) -> None:
        delays = self.delivery.delays()
        if delays and version:
            self.told_of.append(version)
        for delay in delays:
            self.scheduler.at(self.scheduler.now + delay, lambda: self.functions.deliver(name, event))

    def created(self, version: Version) -> dict[str, Any]:
        """Return S3's event of a version."""
        described = {"key": version.key, "etag": version.etag, "size": len(version.content or b"")}
        if self.objects.versioned:
            described["version-id"] = version.version_id
        return {
            "detail-type": "Object Created",
            "source": "aws.s3",
            "detail": {"bucket": {"name": version.bucket}, "object": described},
        }

    # What happens

    def put(self, key: str = "film.mp4", content: bytes = VIDEO, *, locked: bool = False) -> Version:
        """Upload an object now."""
        return self.objects.put(UPLOADS, key, content, locked=locked)

    def ask(self, event: Any, *, times: int = 1) -> None:
        """Invoke the orchestrator asynchronously."""
        self.functions.deliver(RECONCILER_SETTINGS.orchestrator, event, times=times)

    def run_for(self, seconds: float) -> None:
        """Let time pass, the reconciler's schedule included: every minute, or as ``reconciled_every`` says."""
        end = self.scheduler.now + seconds
        tick = self.scheduler.now + self.reconciled_every
        while tick <= end:
            self.scheduler.run(tick)
            self.scheduler.now = tick
            if self.quiet:
                return
            self.functions.deliver("reconciler", {})
            tick += self.reconciled_every
        self.scheduler.run(end)
        self.scheduler.now = end

    @property
    def quiet(self) -> bool:
        """Whether nothing will happen any more: no event on its way, no record that is open."""
        return self.scheduler.next_moment() is None and all("open" not in item for item in self.table.items.values())

    # What became of it

    def record(self, version: Version) -> JobRecord | None:
        """Return the record of a version."""
        identity = record_id(
            version.bucket, version.key, version.version_id if self.objects.versioned else version.etag
        )
        item = self.table.items.get(identity)
        return record_from_item(item) if item else None

    def notices(self, version: Version) -> list[dict[str, Any]]:
        """Return the notices of a version."""
        record = self.record(version)
        return [notice for notice in self.topic.notices if record and notice["record_id"] == record.record_id]
