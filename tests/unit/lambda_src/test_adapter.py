"""The adapter through real boto3: S3, SNS and SQS of an emulator, MediaConvert's wire format with canned answers."""

from __future__ import annotations

import json
import re
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import botocore.loaders
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, EndpointConnectionError, NoCredentialsError

from lambda_src import adapter
from lambda_src.adapter import DynamoLedger, MediaConvertTranscoder, S3ObjectStore, SnsAnnouncer
from lambda_src.aws_errors import (
    CONTENDED_CODES,
    FAULT_CODES,
    SETUP_CODES,
    THROTTLED_CODES,
    retryable,
    translated,
)
from lambda_src.errors import (
    ContendedError,
    JobRefusedError,
    ObjectGoneError,
    PermanentError,
    RetryableError,
    ServiceFaultError,
    SetupError,
    ThrottledError,
    UnreadableMediaError,
)
from lambda_src.notice_events import EVENT_ATTRIBUTE, NoticeEvent
from lambda_src.notices import About, build_notice
from lambda_src.record import Fault
from tests.simulation.cloud import service_model
from tests.simulation.world import World
from tests.unit.lambda_src.conftest import free_port
from tests.unit.lambda_src.samples import NOW, UPLOADS, event, probe, record

if TYPE_CHECKING:
    import boto3

    from tests.unit.lambda_src.conftest import CannedMediaConvert

URL = f"s3://{UPLOADS}/films/My film.mp4"
KEYS = [
    event(f"s3_object_created_{name}")["detail"]["object"]["key"] for name in ("plus", "percent", "quotes", "emoji")
]


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """One attempt a call; that there are more is a test of its own."""
    once = Config(retries={"mode": "standard", "total_max_attempts": 1})
    monkeypatch.setattr(adapter, "_PROBE_CONFIG", once)


@pytest.fixture
def bucket(aws: boto3.Session) -> str:
    name = f"bucket-{uuid.uuid4()}"
    location: Any = {"LocationConstraint": "eu-west-1"}
    aws.client("s3").create_bucket(Bucket=name, CreateBucketConfiguration=location)
    return name


@pytest.mark.parametrize("key", ["films/My film.mp4", *KEYS, "k" * 1020 + ".mp4"])
def test_an_object_is_found_under_its_raw_key(aws: boto3.Session, bucket: str, key: str) -> None:
    aws.client("s3").put_object(Bucket=bucket, Key=key, Body=b"video")
    found = S3ObjectStore(aws).head(bucket, key)
    assert (found.size, found.etag, found.version_id) == (5, "421b47ffd946ca083b65cd668c6b17e6", None)


def test_a_version_is_known_on_a_bucket_with_versions(aws: boto3.Session, bucket: str) -> None:
    s3 = aws.client("s3")
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    version = s3.put_object(Bucket=bucket, Key="a.mp4", Body=b"video")["VersionId"]
    assert S3ObjectStore(aws).head(bucket, "a.mp4").version_id == version


def test_an_object_that_is_not_there_is_gone(aws: boto3.Session, bucket: str) -> None:
    with pytest.raises(ObjectGoneError, match=r"^object deleted before processing$"):
        S3ObjectStore(aws).head(bucket, "a.mp4")


def test_an_object_behind_a_delete_marker_is_gone(aws: boto3.Session, bucket: str) -> None:
    s3 = aws.client("s3")
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    s3.put_object(Bucket=bucket, Key="a.mp4", Body=b"video")
    s3.delete_object(Bucket=bucket, Key="a.mp4")
    with pytest.raises(ObjectGoneError):
        S3ObjectStore(aws).head(bucket, "a.mp4")


@pytest.fixture(params=["simulated", "emulated"])
def store(request: pytest.FixtureRequest) -> tuple[S3ObjectStore, Any]:
    """The object store on a bucket with versions, and ways to put and delete there: by the simulation, and for real."""
    if request.param == "simulated":
        world = World()
        world.scheduler.start = lambda *_, **__: None  # type: ignore[method-assign] # nobody reacts
        return cast("S3ObjectStore", world.services.objects), _Simulated(world)
    aws: boto3.Session = request.getfixturevalue("aws")
    name: str = request.getfixturevalue("bucket")
    aws.client("s3").put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    return S3ObjectStore(aws), _Emulated(aws, name)


@dataclass
class _Simulated:
    world: World
    bucket: str = UPLOADS

    def put(self, key: str, content: bytes) -> str:
        return self.world.objects.put(UPLOADS, key, content).version_id

    def delete(self, key: str) -> None:
        self.world.objects.delete(UPLOADS, key)


@dataclass
class _Emulated:
    session: boto3.Session
    bucket: str

    def put(self, key: str, content: bytes) -> str:
        return self.session.client("s3").put_object(Bucket=self.bucket, Key=key, Body=content)["VersionId"]

    def delete(self, key: str) -> None:
        self.session.client("s3").delete_object(Bucket=self.bucket, Key=key)


@pytest.mark.parametrize("key", ["a.mp4", "Früh & spät + 100%.mp4"])
def test_versions_come_newest_first_without_deletions_and_without_other_keys(
    store: tuple[S3ObjectStore, Any], key: str
) -> None:
    objects, bucket = store
    bucket.put(f"{key}.bak", b"another object")
    older = bucket.put(key, b"older")
    newer = bucket.put(key, b"newer")
    assert [one.version_id for one in objects.versions(bucket.bucket, key)] == [newer, older]
    assert objects.head(bucket.bucket, key).version_id == newer
    assert objects.versions(bucket.bucket, key)[0].etag == objects.head(bucket.bucket, key).etag
    bucket.delete(key)
    assert [one.version_id for one in objects.versions(bucket.bucket, key)] == [newer, older]
    with pytest.raises(ObjectGoneError):
        objects.head(bucket.bucket, key)
    assert objects.versions(bucket.bucket, "none.mp4") == ()


def test_a_bucket_without_versions_has_one_version_without_an_id(aws: boto3.Session, bucket: str) -> None:
    aws.client("s3").put_object(Bucket=bucket, Key="a.mp4", Body=b"video")
    (found,) = S3ObjectStore(aws).versions(bucket, "a.mp4")
    assert (found.version_id, found.etag) == (None, "421b47ffd946ca083b65cd668c6b17e6")


def test_json_is_written_as_ascii_with_its_type(aws: boto3.Session, bucket: str) -> None:
    S3ObjectStore(aws).put_json(bucket, "a/manifest.json", {"key": "🎬\u202e\u2028\x85\ud800.mp4"})
    answer = aws.client("s3").get_object(Bucket=bucket, Key="a/manifest.json")
    assert answer["ContentType"] == "application/json"
    written = answer["Body"].read()
    assert written.isascii()
    assert json.loads(written) == {"key": "🎬\u202e\u2028\x85\ud800.mp4"}


def test_a_notice_reaches_the_subscribers_that_filter_for_it(aws: boto3.Session) -> None:
    sns, sqs = aws.client("sns"), aws.client("sqs")
    topic = sns.create_topic(Name=f"topic-{uuid.uuid4()}")["TopicArn"]
    queue = sqs.create_queue(QueueName=f"queue-{uuid.uuid4()}")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    failures = json.dumps({EVENT_ATTRIBUTE: [NoticeEvent.FAILED]})
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, Attributes={"FilterPolicy": failures})
    announcer = SnsAnnouncer(aws, topic)
    fault = Fault(code="ObjectGone", message="object deleted before processing")
    for told in (NoticeEvent.SUCCEEDED, NoticeEvent.FAILED):
        about = About.record(record(key="🎬 \n.mp4"))
        announcer.publish(build_notice(told, about, environment="dev", moment=NOW, identity="the id", fault=fault))
    (message,) = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10, WaitTimeSeconds=2)["Messages"]
    envelope = json.loads(message["Body"])
    assert envelope["Subject"] == "Transcode failed: .mp4"
    assert envelope["MessageAttributes"]["environment"] == {"Type": "String", "Value": "dev"}
    assert json.loads(envelope["Message"])["error"]["code"] == "ObjectGone"


def wire(value: Any) -> Any:
    """Give names the lower-case start they have on MediaConvert's wire."""
    if isinstance(value, dict):
        return {name[0].lower() + name[1:]: wire(item) for name, item in value.items()}
    return [wire(item) for item in value] if isinstance(value, list) else value


def test_a_probe_asks_for_the_raw_url_and_reads_the_answer(
    aws: boto3.Session, mediaconvert: CannedMediaConvert
) -> None:
    mediaconvert.answer(200, {"probeResults": [wire(probe())]})
    found = MediaConvertTranscoder(aws).probe(URL)
    assert mediaconvert.asked == [("/2017-08-29/probe", {"inputFiles": [{"fileUrl": URL}]})]
    assert found["Container"]["Tracks"][0]["VideoProperties"]["Width"] == 1920


@pytest.mark.parametrize(
    ("status", "name", "expected"),
    [
        (400, "BadRequestException", (UnreadableMediaError, "^the file cannot be read: no container was recognised$")),
        (422, "UnprocessableEntityException", (UnreadableMediaError, "^the file cannot be read: no container")),
        (404, "NotFoundException", (ObjectGoneError, "^object deleted before processing$")),
        (403, "ForbiddenException", (SetupError, "ForbiddenException")),
        (402, "ServiceQuotaExceededException", (ThrottledError, "ServiceQuotaExceededException")),
        (409, "ConflictException", (ContendedError, "ConflictException")),
        (429, "TooManyRequestsException", (ThrottledError, "TooManyRequestsException")),
        (500, "InternalServerErrorException", (ServiceFaultError, "InternalServerErrorException")),
        (503, "ServiceUnavailable", (ServiceFaultError, "ServiceUnavailable")),
    ],
)
@pytest.mark.usefixtures("impatient")
def test_what_a_failed_probe_means(
    aws: boto3.Session, mediaconvert: CannedMediaConvert, status: int, name: str, expected: tuple[type[Exception], str]
) -> None:
    mediaconvert.answer(status, {"message": "no container was recognised", "__type": name})
    error, reason = expected
    with pytest.raises(error, match=reason):
        MediaConvertTranscoder(aws).probe(URL)


def test_a_probe_without_a_result_found_nothing(aws: boto3.Session, mediaconvert: CannedMediaConvert) -> None:
    mediaconvert.answer(200, {"probeResults": []})
    with pytest.raises(UnreadableMediaError, match="nothing was found"):
        MediaConvertTranscoder(aws).probe(URL)


JOB: Any = {"Role": "role", "Settings": {}, "ClientRequestToken": "token-1"}


def test_a_job_is_created_under_the_given_token(aws: boto3.Session, mediaconvert: CannedMediaConvert) -> None:
    mediaconvert.answer(201, {"job": {"id": "job-1", "role": "role", "settings": {}}})
    assert MediaConvertTranscoder(aws).create_job(JOB) == "job-1"
    (path, body) = mediaconvert.asked[0]
    assert (path, body["clientRequestToken"]) == ("/2017-08-29/jobs", "token-1")


@pytest.mark.parametrize(
    ("status", "name", "error"),
    [
        (400, "BadRequestException", JobRefusedError),
        (402, "ServiceQuotaExceededException", ThrottledError),
        (403, "ForbiddenException", SetupError),
        (404, "NotFoundException", SetupError),
        (409, "ConflictException", ContendedError),
        (429, "TooManyRequestsException", ThrottledError),
        (500, "InternalServerErrorException", ServiceFaultError),
    ],
)
@pytest.mark.usefixtures("impatient")
def test_what_a_failed_job_creation_means(
    aws: boto3.Session, mediaconvert: CannedMediaConvert, status: int, name: str, error: type[Exception]
) -> None:
    mediaconvert.answer(status, {"message": "why", "__type": name})
    with pytest.raises(error, match="why"):
        MediaConvertTranscoder(aws).create_job(JOB)


def test_a_passing_fault_is_tried_again_on_the_spot(aws: boto3.Session, mediaconvert: CannedMediaConvert) -> None:
    mediaconvert.answer(500, {"message": "why", "__type": "InternalServerErrorException"})
    mediaconvert.answer(201, {"job": {"id": "job-1", "role": "role", "settings": {}}})
    assert MediaConvertTranscoder(aws).create_job(JOB) == "job-1"
    assert {body["clientRequestToken"] for _, body in mediaconvert.asked} == {"token-1"}


def test_a_missing_table_is_an_operators_fault(aws: boto3.Session) -> None:
    with pytest.raises(SetupError, match="ResourceNotFoundException"):
        DynamoLedger(aws, "no-such-table", ttl_days=1).create(record(), NOW)


def test_a_missing_topic_is_an_operators_fault(aws: boto3.Session) -> None:
    notice = build_notice(NoticeEvent.FAILED, About(), environment="dev", moment=NOW, identity="the id")
    with pytest.raises(SetupError, match="publishing a notice"):
        SnsAnnouncer(aws, "arn:aws:sns:eu-west-1:123456789012:no-such-topic").publish(notice)


@pytest.mark.usefixtures("impatient")
def test_a_service_out_of_reach_is_a_service_fault(aws: boto3.Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_MEDIACONVERT", f"http://127.0.0.1:{free_port()}")
    with pytest.raises(ServiceFaultError, match="probing s3://"):
        MediaConvertTranscoder(aws).probe(URL)


RECORD_ID = "0123456789abcdef" * 4
QUEUE = "arn:aws:mediaconvert:eu-west-1:123456789012:queues/dev"


def job(number: int, *, record_id: str = RECORD_ID, created_at: int = NOW, status: str = "PROGRESSING") -> Any:
    return {
        "id": f"job-{number}",
        "status": status,
        "createdAt": created_at,
        "userMetadata": {"record_id": record_id},
        "role": "role",
        "settings": {},
    }


def test_jobs_of_a_record_are_searched_for_by_the_file(aws: boto3.Session, mediaconvert: CannedMediaConvert) -> None:
    mediaconvert.answer(200, {"jobs": [job(1, record_id="another"), job(2)], "nextToken": "more"})
    mediaconvert.answer(200, {"jobs": [job(3)]})
    found = MediaConvertTranscoder(aws).find_jobs("s3://uploads/a.mp4", queue=QUEUE, record_id=RECORD_ID, since=NOW)
    assert [(one.job_id, one.status) for one in found] == [("job-2", "PROGRESSING"), ("job-3", "PROGRESSING")]
    assert all(path.startswith("/2017-08-29/search?") for path, _ in mediaconvert.asked)
    assert "inputFile=s3%3A%2F%2Fuploads%2Fa.mp4" in mediaconvert.asked[0][0]


@pytest.mark.parametrize("key", ["My film.mp4", "k" * 300 + ".mp4", "é.mp4"])
def test_a_name_that_a_search_might_not_match_is_looked_for_in_the_queue(
    aws: boto3.Session, mediaconvert: CannedMediaConvert, key: str
) -> None:
    mediaconvert.answer(200, {"jobs": [job(1), job(2, created_at=NOW - 1_000)], "nextToken": "older ones"})
    found = MediaConvertTranscoder(aws).find_jobs(f"s3://u/{key}", queue=QUEUE, record_id=RECORD_ID, since=NOW)
    assert [one.job_id for one in found] == ["job-1", "job-2"]
    assert [path.partition("?")[0] for path, _ in mediaconvert.asked] == ["/2017-08-29/jobs"]


def test_a_job_that_is_unknown_is_none(aws: boto3.Session, mediaconvert: CannedMediaConvert) -> None:
    mediaconvert.answer(404, {"message": "no such job", "__type": "NotFoundException"})
    assert MediaConvertTranscoder(aws).get_job("job-1") is None


@pytest.mark.parametrize(
    ("status", "name"), [(409, "ConflictException"), (404, "NotFoundException"), (400, "BadRequestException")]
)
def test_a_job_that_has_ended_is_not_canceled_and_nobody_minds(
    aws: boto3.Session, mediaconvert: CannedMediaConvert, status: int, name: str
) -> None:
    mediaconvert.answer(status, {"message": "it is COMPLETE", "__type": name})
    MediaConvertTranscoder(aws).cancel_job("job-1")
    assert mediaconvert.asked[0][0] == "/2017-08-29/jobs/job-1"


# What the adapter calls, and the codes of each operation's error shapes that it takes for an end, not for a fault.
CALLS = {
    "mediaconvert": ("Probe", "CreateJob", "GetJob", "CancelJob", "ListJobs", "SearchJobs"),
    "dynamodb": ("GetItem", "PutItem", "UpdateItem", "Query"),
    "sns": ("Publish",),
    "s3": ("HeadObject", "GetObject", "PutObject", "ListObjectVersions"),
    "lambda": ("Invoke",),
}
TAKEN_FOR_AN_END = {
    *("BadRequestException", "UnprocessableEntityException", "ConditionalCheckFailedException"),
    *("NoSuchKey", "NotFoundException", "ConflictException"),
}
# Requests that the adapter does not make, or that are wrong in themselves: an operator must know.
OPERATORS_FAULTS = re.compile(
    r"(Invalid|Unsupported|RequestTooLarge|RequestEntityTooLarge|ValidationException|SerializedRequest|"
    r"ItemCollectionSize|ReplicatedWrite|EncryptionTypeMismatch|TooManyParts|EndpointDisabled|NotFound|KMS|"
    r"EC2|EFS|ENI|Subnet|SnapStart|Recursive|ResourceConflict|CapacityProvider|NoPublished|Durable|ModeNot|"
    r"Platform|Idempotent|CodeArtifact|Authorization|S3Files)"
)


@pytest.mark.parametrize(
    ("service", "operation"), [(s, operation) for s, calls in CALLS.items() for operation in calls]
)
def test_every_error_that_a_call_may_answer_is_in_the_table(service: str, operation: str) -> None:
    shapes = service_model(service).operation_model(operation).error_shapes
    codes = {shape.metadata.get("error", {}).get("code", shape.name) for shape in shapes}
    known = THROTTLED_CODES | CONTENDED_CODES | FAULT_CODES | SETUP_CODES | TAKEN_FOR_AN_END
    assert {code for code in codes - known if not OPERATORS_FAULTS.search(code)} == set()


def test_the_table_of_errors_is_that_of_the_docs() -> None:
    page = (Path(__file__).parents[3] / "docs" / "reliability.md").read_text()
    rows = {
        row[0].strip("` "): set(re.findall(r"`(\w+)`", row[1]))
        for row in re.findall(r"^\|([^|]+)\|([^|]+)\|", page, re.MULTILINE)
    }
    tables = {
        "ThrottledError": THROTTLED_CODES,
        "ContendedError": CONTENDED_CODES,
        "ServiceFaultError": FAULT_CODES,
        "SetupError": SETUP_CODES,
    }
    assert {name: rows[name] for name in tables} == tables


def test_whatever_botocore_takes_for_a_throttle_is_one() -> None:
    retries = botocore.loaders.Loader().load_data("_retry")
    codes = {
        policy["applies_when"]["response"]["service_error_code"]
        for policy in retries["definitions"].values()
        if "service_error_code" in policy.get("applies_when", {}).get("response", {})
    }
    named = {code for code in codes if "hrottl" in code or "LimitExceeded" in code or code == "SlowDown"}
    assert named
    assert named <= THROTTLED_CODES


@pytest.mark.parametrize(
    ("status", "code", "error"),
    [
        (400, "ThrottlingException", ThrottledError),
        (400, "ProvisionedThroughputExceededException", ThrottledError),
        (503, "SlowDown", ThrottledError),
        (429, "ANameOfTheFuture", ThrottledError),
        (409, "ANameOfTheFuture", ContendedError),
        (400, "TransactionConflictException", ContendedError),
        (408, "RequestTimeout", ServiceFaultError),
        (0, "", ServiceFaultError),
        (400, "ValidationException", SetupError),
        (403, "AccessDeniedException", SetupError),
    ],
)
def test_what_an_answer_of_any_service_means(status: int, code: str, error: type[RetryableError]) -> None:
    answer: Any = {"Error": {"Code": code, "Message": "why"}, "ResponseMetadata": {"HTTPStatusCode": status}}
    assert type(retryable(ClientError(answer, "Any"), "trying")) is error


@pytest.mark.parametrize(
    ("raised", "error"),
    [
        (NoCredentialsError(), SetupError),
        (EndpointConnectionError(endpoint_url="https://example.com"), ServiceFaultError),
    ],
)
def test_what_a_failed_call_means(raised: Exception, error: type[RetryableError]) -> None:
    with pytest.raises(error, match=r"^trying: "), translated("trying"):
        raise raised


def test_a_permanent_error_passes_through_unchanged() -> None:
    with pytest.raises(PermanentError), translated("trying"):
        raise ObjectGoneError("object deleted before processing")
