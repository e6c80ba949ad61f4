"""The adapter through real boto3: S3, SNS and SQS of an emulator, MediaConvert's wire format with canned answers."""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, EndpointConnectionError, NoCredentialsError

from lambda_src import adapter
from lambda_src.adapter import DynamoLedger, MediaConvertTranscoder, S3ObjectStore, SnsAnnouncer
from lambda_src.aws_errors import retryable, translated
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
from lambda_src.notices import About, Fault, build_notice
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


def test_json_is_written_as_utf_8_with_its_type(aws: boto3.Session, bucket: str) -> None:
    S3ObjectStore(aws).put_json(bucket, "a/manifest.json", {"key": "🎬.mp4"})
    answer = aws.client("s3").get_object(Bucket=bucket, Key="a/manifest.json")
    assert answer["ContentType"] == "application/json"
    assert json.loads(answer["Body"].read()) == {"key": "🎬.mp4"}


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
        announcer.publish(build_notice(told, about, environment="dev", moment=NOW, fault=fault))
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
        DynamoLedger(aws, "no-such-table", ttl_days=1).create(record())


def test_a_missing_topic_is_an_operators_fault(aws: boto3.Session) -> None:
    notice = build_notice(NoticeEvent.FAILED, About(), environment="dev", moment=NOW)
    with pytest.raises(SetupError, match="publishing a notice"):
        SnsAnnouncer(aws, "arn:aws:sns:eu-west-1:123456789012:no-such-topic").publish(notice)


@pytest.mark.usefixtures("impatient")
def test_a_service_out_of_reach_is_a_service_fault(aws: boto3.Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_MEDIACONVERT", f"http://127.0.0.1:{free_port()}")
    with pytest.raises(ServiceFaultError, match="probing s3://"):
        MediaConvertTranscoder(aws).probe(URL)


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
