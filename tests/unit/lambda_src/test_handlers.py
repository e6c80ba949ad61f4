"""Both handlers as Lambda calls them, against an emulator: from an upload to the notice."""

from __future__ import annotations

import io
import json
import time
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import pytest

from lambda_src import job_events, orchestrator, reconciler
from lambda_src.adapter import connect
from lambda_src.errors import SetupError
from lambda_src.notice_events import NoticeEvent
from lambda_src.output_layout import PLAYLIST_NAME, manifest_key
from lambda_src.run import run_of
from lambda_src.telemetry import logger
from tests.unit.lambda_src.samples import NOW, ORCHESTRATOR_VARIABLES, TABLE_DEFINITION, event, probe
from tests.unit.lambda_src.test_adapter import wire

if TYPE_CHECKING:
    from collections.abc import Iterator

    import boto3
    from aws_lambda_powertools.utilities.typing import LambdaContext

    from tests.unit.lambda_src.conftest import CannedMediaConvert

KEY = "films/My film + 100%.mp4"


@dataclass
class Context:
    """What Lambda passes besides the event."""

    aws_request_id: str
    function_name: str = "media-pipeline-dev-orchestrator"
    memory_limit_in_mb: int = 512
    invoked_function_arn: str = "arn:aws:lambda:eu-west-1:123456789012:function:media-pipeline-dev-orchestrator"

    def get_remaining_time_in_millis(self) -> int:
        return 60_000


def context() -> LambdaContext:
    return cast("LambdaContext", Context(str(uuid.uuid4())))


@dataclass(frozen=True)
class Deployment:
    """The pipeline's resources in the emulator, named in the environment as a deployment would."""

    session: boto3.Session
    uploads: str
    output: str
    table: str
    queue: str

    def upload(self, key: str = KEY, body: bytes = b"video") -> Any:
        stored = self.session.client("s3").put_object(Bucket=self.uploads, Key=key, Body=body)
        made = event("s3_object_created_without_version")
        made["detail"]["bucket"]["name"] = self.uploads
        made["detail"]["object"] |= {"key": key, "etag": stored["ETag"].strip('"')}
        return made

    def notices(self) -> list[Any]:
        answer = self.session.client("sqs").receive_message(
            QueueUrl=self.queue, MaxNumberOfMessages=10, WaitTimeSeconds=1
        )
        return [json.loads(json.loads(message["Body"])["Message"]) for message in answer.get("Messages", [])]


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    written = io.StringIO()
    monkeypatch.setattr(logger.registered_handler, "stream", written)
    return written


@pytest.fixture
def deployment(
    aws: boto3.Session, mediaconvert: CannedMediaConvert, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Deployment]:
    del mediaconvert
    name = uuid.uuid4().hex
    uploads, output, table = f"uploads-{name}", f"output-{name}", f"jobs-{name}"
    location: Any = {"LocationConstraint": "eu-west-1"}
    for bucket in (uploads, output):
        aws.client("s3").create_bucket(Bucket=bucket, CreateBucketConfiguration=location)
    aws.client("dynamodb").create_table(TableName=table, **TABLE_DEFINITION)
    topic = aws.client("sns").create_topic(Name=f"topic-{name}")["TopicArn"]
    sqs = aws.client("sqs")
    queue = sqs.create_queue(QueueName=f"inbox-{name}")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    aws.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    own = {
        "ORCHESTRATOR_FUNCTION": "orchestrator",
        "UPLOAD_BUCKET": uploads,
        "OUTPUT_BUCKET": output,
        "JOB_TABLE": table,
        "TOPIC_ARN": topic,
    }
    for variable, value in {**ORCHESTRATOR_VARIABLES, **own}.items():
        monkeypatch.setenv(variable, value)
    _forget_settings()
    yield Deployment(session=aws, uploads=uploads, output=output, table=table, queue=queue)
    _forget_settings()


def _forget_settings() -> None:
    for module in (orchestrator, job_events, reconciler):
        module._settings.cache_clear()
        module._services.cache_clear()


def job_event(name: str, asked: Any, **detail: Any) -> Any:
    """Return a job event of the job that was asked for."""
    made = event(f"mediaconvert_{name}")
    made["detail"] |= {"jobId": "job-1", "userMetadata": asked["userMetadata"], **detail}
    return made


def test_a_lease_outlives_the_invocation_that_holds_it() -> None:
    run = run_of(cast("LambdaContext", Context("request-1")), NOW)
    assert (run.request_id, run.now) == ("request-1", NOW)
    assert NOW + 60 < run.lease_until < NOW + 70


def test_an_upload_becomes_a_job_and_its_end_a_notice_and_a_manifest(
    deployment: Deployment, mediaconvert: CannedMediaConvert, capsys: pytest.CaptureFixture[str], log: io.StringIO
) -> None:
    mediaconvert.answer(200, {"probeResults": [wire(probe())]})
    mediaconvert.answer(201, {"job": {"id": "job-1", "role": "role", "settings": {}}})
    created = deployment.upload()
    result = orchestrator.handler(created, context())
    assert (result["outcome"], result["job_id"], result["key"]) == ("submitted", "job-1", KEY)
    asked = mediaconvert.asked[1][1]
    assert asked["settings"]["inputs"][0]["fileInput"] == f"s3://{deployment.uploads}/{KEY}"
    assert orchestrator.handler(created, context())["outcome"] == "duplicate"

    for name in ("progressing", "status_update", "complete", "complete", "input_information"):
        job_events.handler(job_event(name, asked), context())
    (notice,) = deployment.notices()
    assert (notice["event"], notice["key"], notice["job_id"]) == (NoticeEvent.SUCCEEDED, KEY, "job-1")
    folder = asked["settings"]["outputGroups"][0]["outputGroupSettings"]["hlsGroupSettings"]["destination"]
    prefix = folder.removeprefix(f"s3://{deployment.output}/").removesuffix(f"/{PLAYLIST_NAME}")
    manifest = manifest_key(prefix)
    written = deployment.session.client("s3").get_object(Bucket=deployment.output, Key=manifest)["Body"].read()
    assert json.loads(written) == notice

    metrics = [json.loads(line) for line in capsys.readouterr().out.splitlines() if '"_aws"' in line]
    counted = {name for line in metrics for name in line}
    assert counted >= {"ColdStart", "JobsSubmitted", "DuplicatesIgnored", "ProgressUpdates", "JobsCompleted"}
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    (told,) = [line for line in lines if line["message"] == "job submitted"]
    assert (told["bucket"], told["key"], told["record_id"]) == (deployment.uploads, KEY, result["record_id"])


def test_the_reconciler_asks_for_a_job_that_nobody_heard_of(
    deployment: Deployment, mediaconvert: CannedMediaConvert, monkeypatch: pytest.MonkeyPatch
) -> None:
    mediaconvert.answer(200, {"probeResults": [wire(probe())]})
    mediaconvert.answer(201, {"job": {"id": "job-1", "role": "role", "settings": {}}})
    orchestrator.handler(deployment.upload(), context())
    assert reconciler.handler({}, context()) == {"looked_at": 0, "failed": 0}
    asked = mediaconvert.asked[1][1]
    ended = {"id": "job-1", "status": "COMPLETE", "userMetadata": asked["userMetadata"], **asked}
    mediaconvert.answer(200, {"job": ended})
    later = time.time() + 3_600
    monkeypatch.setattr(reconciler, "connect", lambda settings, **_: connect(settings, clock=lambda: later))
    reconciler._services.cache_clear()
    assert reconciler.handler({}, context()) == {"looked_at": 1, "failed": 0}
    (notice,) = deployment.notices()
    assert notice["event"] == NoticeEvent.SUCCEEDED
    assert notice["playlist"].endswith(f"/{PLAYLIST_NAME}.m3u8")
    assert notice["poster"].endswith("/poster.0000001.jpg")
    assert notice["thumbnails"].endswith("/thumbnails/")
    assert next(rendition["name"] for rendition in notice["renditions"]) == "1080p"


def test_a_truncated_video_ends_in_a_failure_notice(deployment: Deployment, mediaconvert: CannedMediaConvert) -> None:
    mediaconvert.answer(200, {"probeResults": [wire(probe())]})
    mediaconvert.answer(201, {"job": {"id": "job-1", "role": "role", "settings": {}}})
    result = orchestrator.handler(deployment.upload(), context())
    asked = mediaconvert.asked[1][1]
    job_events.handler(job_event("error", asked), context())
    (notice,) = deployment.notices()
    assert (notice["event"], notice["bucket"], notice["key"]) == (NoticeEvent.FAILED, deployment.uploads, KEY)
    assert notice["error"]["code"] == "1040"
    # By an explicit request it is tried again, as a second attempt.
    mediaconvert.answer(200, {"probeResults": [wire(probe())]})
    mediaconvert.answer(201, {"job": {"id": "job-2", "role": "role", "settings": {}}})
    again = orchestrator.handler({"bucket": deployment.uploads, "key": KEY, "again": True}, context())
    assert (again["outcome"], again["job_id"], again["record_id"]) == ("submitted", "job-2", result["record_id"])
    assert mediaconvert.asked[3][1]["clientRequestToken"] != asked["clientRequestToken"]
    late = job_events.handler(job_event("error", asked), context())
    assert late["outcome"] == "stale"


def test_a_file_that_is_no_video_ends_in_a_failure_notice(
    deployment: Deployment, mediaconvert: CannedMediaConvert, capsys: pytest.CaptureFixture[str]
) -> None:
    mediaconvert.answer(422, {"message": "unknown format", "__type": "UnprocessableEntityException"})
    result = orchestrator.handler(deployment.upload(body=b"not a video"), context())
    assert (result["outcome"], result["status"]) == ("rejected", "REJECTED")
    (notice,) = deployment.notices()
    assert notice["error"] == {"code": "UnreadableMedia", "message": "the file cannot be read: unknown format"}
    assert '"Rejected"' in capsys.readouterr().out


def test_a_throttled_probe_waits_and_its_claim_is_released(
    deployment: Deployment, mediaconvert: CannedMediaConvert, capsys: pytest.CaptureFixture[str]
) -> None:
    mediaconvert.answer(429, {"message": "slow down", "__type": "TooManyRequestsException"}, times=2)
    created = deployment.upload()
    assert orchestrator.handler(created, context())["outcome"] == "waiting"
    assert '"UploadsWaiting"' in capsys.readouterr().out
    mediaconvert.answer(200, {"probeResults": [wire(probe())]})
    mediaconvert.answer(201, {"job": {"id": "job-1", "role": "role", "settings": {}}})
    assert orchestrator.handler(created, context())["outcome"] == "submitted"


@pytest.mark.parametrize("body", [None, [], {}, {"detail": {}}, event("s3_object_created_other_bucket")])
def test_no_event_whatsoever_makes_the_orchestrator_fail(deployment: Deployment, body: Any) -> None:
    del deployment
    assert orchestrator.handler(body, context())["outcome"] in ("ignored", "rejected")


@pytest.mark.parametrize("body", [None, [], {}, {"detail": {}}, event("mediaconvert_queue_hop")])
def test_no_event_whatsoever_makes_the_follower_fail(deployment: Deployment, body: Any) -> None:
    del deployment
    assert job_events.handler(body, context())["outcome"] in ("ignored", "malformed")


@pytest.mark.parametrize("module", [orchestrator, job_events, reconciler])
def test_a_missing_setting_is_named(deployment: Deployment, module: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    del deployment
    monkeypatch.delenv("TOPIC_ARN")
    with pytest.raises(SetupError, match="the environment variable TOPIC_ARN is missing"):
        module.handler(event("s3_object_created"), context())
