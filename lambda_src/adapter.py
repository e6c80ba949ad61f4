"""The only module that talks to AWS; meets the protocols of ``ports``.

Clients are made when first used, so that a progress event, which touches the job table alone, pays for one client.
boto3 itself honours ``AWS_ENDPOINT_URL`` and ``AWS_ENDPOINT_URL_MEDIACONVERT``.
"""

from __future__ import annotations

import json
import re
import time
from functools import cached_property
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Literal, cast

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from lambda_src.aws_errors import error_code, error_message, http_status, translated
from lambda_src.errors import JobRefusedError, LockedObjectError, ObjectGoneError, UnreadableMediaError
from lambda_src.job_event import job_as_change
from lambda_src.ledger_item import item_from_record, record_from_item, serialized
from lambda_src.ports import Move, Services, StoredObject, StoredVersion
from lambda_src.record import UNFINISHED, JobRecord, Status
from lambda_src.table_schema import DUE_INDEX, OPEN_VALUE, STREAM_ATTRIBUTES, Attribute

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import PutItemInputTypeDef
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_mediaconvert import MediaConvertClient
    from mypy_boto3_mediaconvert.type_defs import CreateJobRequestTypeDef, JobTypeDef
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sns import SNSClient

    from lambda_src.environment import JobEventsEnvironment
    from lambda_src.job_event import JobStateChange
    from lambda_src.notices import Notice
    from lambda_src.ports import Ending
    from lambda_src.run import Run

# A hanging call must leave time to end the lease before Lambda ends the function.
_CONFIG = Config(connect_timeout=3, read_timeout=15, retries={"mode": "standard", "total_max_attempts": 3})
_PROBE_CONFIG = Config(connect_timeout=3, read_timeout=25, retries={"mode": "standard", "total_max_attempts": 2})

# Conditions of writes. A placeholder #x stands for the attribute x, see _names.
_STATUS, _JOB, _PERCENT = f"#{Attribute.STATUS}", f"#{Attribute.JOB_ID}", f"#{Attribute.PERCENT}"
_LEASE = f"#{Attribute.LEASE_UNTIL}"
_SAME_ATTEMPT = f"#{Attribute.ATTEMPT} = :attempt"
_SAME_HOLDER = f"#{Attribute.HOLDER} = :holder AND {_SAME_ATTEMPT}"
_HELD = f"{_STATUS} = :claimed AND {_SAME_HOLDER}"
_UNCHANGED = f"{_STATUS} = :status AND {_SAME_HOLDER} AND {_LEASE} = :lease"
_OF_JOB = f"({_JOB} = :job OR (attribute_not_exists({_JOB}) AND NOT contains(#{Attribute.PAST_JOBS}, :job)))"
_UNFINISHED = f"{_STATUS} IN (:claimed, :submitted, :progressing)"
_UNFINISHED_VALUES = dict(zip((":claimed", ":submitted", ":progressing"), UNFINISHED, strict=True))
_LESS_PROGRESS = f"(attribute_not_exists({_PERCENT}) OR {_PERCENT} < :percent)"
_SAME_END = f"{_STATUS} = :status AND {_SAME_ATTEMPT}"
_UNTOLD = f"{_SAME_END} AND attribute_not_exists(#{Attribute.NOTIFIED})"
_SECONDS_PER_DAY = 86_400

# When a record is overdue that nothing has moved: a claim a little after its lease, a job after a while without news.
_CLAIM_GRACE_SECONDS = 60
_NEWS_SECONDS = 900

# SearchJobs takes an input of at most 300 characters (its API model); how it matches others than these is not said.
_SEARCHABLE = re.compile(r"[A-Za-z0-9:/._-]{1,300}")
_CREATION_SLACK_SECONDS = 60
_VERSIONS_AT_ONCE = 50


def connect(
    environment: JobEventsEnvironment,
    *,
    session: boto3.Session | None = None,
    orchestrator: str = "",
    clock: Callable[[], float] = time.time,
) -> Services:
    """Return the services a handler acts through; ``orchestrator`` is the name of that function, for the reconciler."""
    session = session or boto3.Session(region_name=environment.region)
    return Services(
        objects=S3ObjectStore(session),
        ledger=DynamoLedger(session, environment.job_table, ttl_days=environment.record_ttl_days),
        transcoder=MediaConvertTranscoder(session),
        announcer=SnsAnnouncer(session, environment.topic_arn),
        orchestrators=LambdaOrchestrators(session, orchestrator),
        clock=clock,
    )


class S3ObjectStore:
    """The buckets."""

    def __init__(self, session: boto3.Session) -> None:
        self._session = session

    @cached_property
    def _s3(self) -> S3Client:
        return self._session.client("s3", config=_CONFIG)

    def head(self, bucket: str, key: str) -> StoredObject:
        """Look at the current version.

        Raises ``ObjectGoneError`` where there is none, or only a delete marker, and ``LockedObjectError``. Without
        ``s3:ListBucket`` S3 answers 403 for an object that is gone
        (https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html).
        """
        action = f"looking at s3://{bucket}/{key}"
        with translated(action):
            try:
                found = self._s3.head_object(Bucket=bucket, Key=key)
            except ClientError as error:
                # An answer to HEAD has no body, so its code is the bare status.
                if error_code(error) in ("404", "NoSuchKey", "NotFound"):
                    raise ObjectGoneError("object deleted before processing") from error
                if http_status(error) == HTTPStatus.BAD_REQUEST:
                    self._explain(bucket, key)
                raise
        version = found.get("VersionId")
        return StoredObject(
            size=found["ContentLength"],
            etag=found["ETag"].strip('"'),
            version_id=None if version in (None, "null") else version,
        )

    def _explain(self, bucket: str, key: str) -> None:
        """Ask for one byte, as an answer to GET says what is wrong.

        Raises ``LockedObjectError`` for an object under its uploader's own key: S3 answers 400 "InvalidRequest" to
        whoever does not send the key (https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerSideEncryptionCustomerKeys.html).
        """
        try:
            self._s3.get_object(Bucket=bucket, Key=key, Range="bytes=0-0")
        except ClientError as error:
            if error_code(error) == "InvalidRequest":
                raise LockedObjectError(
                    "the object is encrypted with a key (SSE-C) that the pipeline does not have: upload it without"
                ) from error
            raise

    def versions(self, bucket: str, key: str) -> tuple[StoredVersion, ...]:
        """Return the latest versions of an object's content, newest first, as S3 lists them.

        Where the latest are all deletions it looks further back, so that the content that came last is among them.
        """
        found: list[StoredVersion] = []
        with translated(f"listing versions of s3://{bucket}/{key}"):
            pages = self._s3.get_paginator("list_object_versions").paginate(
                Bucket=bucket, Prefix=key, PaginationConfig={"PageSize": _VERSIONS_AT_ONCE}
            )
            for page in pages:
                found += [
                    StoredVersion(
                        version_id=None if version["VersionId"] == "null" else version["VersionId"],
                        etag=version["ETag"].strip('"'),
                    )
                    for version in page.get("Versions", [])
                    if version["Key"] == key
                ]
                if found or page.get("NextKeyMarker", key) != key:
                    break
        return tuple(found)

    def put_json(self, bucket: str, key: str, body: Mapping[str, Any]) -> None:
        """Write a JSON object."""
        content = json.dumps(body, indent=2).encode()
        with translated(f"writing s3://{bucket}/{key}"):
            self._s3.put_object(Bucket=bucket, Key=key, Body=content, ContentType="application/json")


class MediaConvertTranscoder:
    """MediaConvert."""

    def __init__(self, session: boto3.Session) -> None:
        self._session = session

    @cached_property
    def _mediaconvert(self) -> MediaConvertClient:
        return self._session.client("mediaconvert", config=_PROBE_CONFIG)

    def probe(self, url: str) -> Mapping[str, Any]:
        """Probe a file. Raises ``UnreadableMediaError`` where it is refused, ``ObjectGoneError`` where it is gone."""
        with translated(f"probing {url}"):
            try:
                answer = self._mediaconvert.probe(InputFiles=[{"FileUrl": url}])
            except ClientError as error:
                code = error_code(error)
                if code == "NotFoundException":
                    raise ObjectGoneError("object deleted before processing") from error
                if code in ("BadRequestException", "UnprocessableEntityException"):
                    raise UnreadableMediaError(f"the file cannot be read: {error_message(error)}") from error
                raise
        results = answer.get("ProbeResults")
        if not results:
            raise UnreadableMediaError("the file cannot be read: nothing was found in it")
        return results[0]

    def create_job(self, request: CreateJobRequestTypeDef) -> str:
        """Create a job and return its id. Raises ``JobRefusedError`` for a request that will never be accepted."""
        with translated("creating the job"):
            try:
                job = self._mediaconvert.create_job(**request)["Job"]
            except ClientError as error:
                if error_code(error) == "BadRequestException":
                    raise JobRefusedError(f"MediaConvert refuses the job: {error_message(error)}") from error
                raise
        return job["Id"]

    def find_jobs(self, url: str, *, queue: str, record_id: str, since: float) -> tuple[JobStateChange, ...]:
        """Return the jobs that were created for a record since a time (epoch seconds), in no order.

        Asks for the jobs of the file, or, where the search might not match its name, for all of the queue back to that
        time; both answer the newest first. The record's id in a job's metadata decides.
        """
        if _SEARCHABLE.fullmatch(url):
            pages = self._pages("search_jobs", Queue=queue, InputFile=url)
        else:
            pages = self._pages("list_jobs", Queue=queue)
        found: list[JobStateChange] = []
        with translated("looking for the job"):
            for jobs in pages:
                found += [
                    job_as_change(job) for job in jobs if job.get("UserMetadata", {}).get("record_id") == record_id
                ]
                if any(job["CreatedAt"].timestamp() < since - _CREATION_SLACK_SECONDS for job in jobs):
                    break
        return tuple(found)

    def _pages(self, operation: Literal["search_jobs", "list_jobs"], **request: Any) -> Iterator[list[JobTypeDef]]:
        for page in self._mediaconvert.get_paginator(operation).paginate(Order="DESCENDING", **request):
            yield page.get("Jobs", [])

    def get_job(self, job_id: str) -> JobStateChange | None:
        """Return how a job stands, None where MediaConvert does not know it (any more: it forgets after 90 days)."""
        with translated(f"asking for the job {job_id}"):
            try:
                return job_as_change(self._mediaconvert.get_job(Id=job_id)["Job"])
            except ClientError as error:
                if error_code(error) == "NotFoundException":
                    return None
                raise

    def cancel_job(self, job_id: str) -> None:
        """Cancel a job; one that has ended, or is gone, stays as it is."""
        with translated(f"canceling the job {job_id}"):
            try:
                self._mediaconvert.cancel_job(Id=job_id)
            except ClientError as error:
                if error_code(error) not in ("BadRequestException", "ConflictException", "NotFoundException"):
                    raise


class SnsAnnouncer:
    """The topic."""

    def __init__(self, session: boto3.Session, topic_arn: str) -> None:
        self._session = session
        self._topic_arn = topic_arn

    @cached_property
    def _sns(self) -> SNSClient:
        return self._session.client("sns", config=_CONFIG)

    def publish(self, notice: Notice) -> None:
        """Send a notice."""
        with translated("publishing a notice"):
            self._sns.publish(
                TopicArn=self._topic_arn,
                Subject=notice.subject,
                Message=json.dumps(notice.body),
                MessageAttributes={
                    name: {"DataType": "String", "StringValue": value} for name, value in notice.attributes.items()
                },
            )


class DynamoLedger:
    """The job table."""

    def __init__(self, session: boto3.Session, table: str, *, ttl_days: int) -> None:
        self._session = session
        self._table = table
        self._ttl_days = ttl_days

    @cached_property
    def _dynamodb(self) -> DynamoDBClient:
        return self._session.client("dynamodb", config=_CONFIG)

    def read(self, record_id: str) -> JobRecord | None:
        """Return a record as it is now."""
        with translated(f"reading {record_id}"):
            answer = self._dynamodb.get_item(
                TableName=self._table, Key=serialized({Attribute.RECORD_ID: record_id}), ConsistentRead=True
            )
        item = answer.get("Item")
        return record_from_item(item) if item else None

    def due(self, now: float, *, limit: int) -> tuple[str, ...]:
        """Return ids of records that should have moved by now, the longest overdue first."""
        condition = f"#{Attribute.OPEN} = :open AND #{Attribute.DUE_AT} <= :now"
        with translated("looking for what is due"):
            answer = self._dynamodb.query(
                TableName=self._table,
                IndexName=DUE_INDEX,
                KeyConditionExpression=condition,
                ExpressionAttributeNames=_names(condition),
                ExpressionAttributeValues=serialized({":open": OPEN_VALUE, ":now": int(now)}),
                Limit=limit,
            )
        return tuple(item[Attribute.RECORD_ID]["S"] for item in answer["Items"])

    def create(self, record: JobRecord, now: float) -> JobRecord | None:
        """Write a first record, or return the one that is there already."""
        move = self._put(record, f"attribute_not_exists(#{Attribute.RECORD_ID})", {}, now)
        return None if move.moved else move.record

    def replace(self, old: JobRecord, new: JobRecord, now: float) -> bool:
        """Put a new claim in place of a record if that is still as it was read."""
        return self._put(new, _UNCHANGED, _as_read(old), now).moved

    def intend(self, claim: JobRecord, intent_until: int) -> Move:
        """Write down, before a job is created, that it may have been; under a claim that is still held."""
        return self._update(claim.record_id, {Attribute.INTENT_UNTIL: intent_until}, _HELD, _held_by(claim))

    def release(self, claim: JobRecord, now: float, *, intent_until: int | None) -> None:
        """End the lease of a claim, if it is still held."""
        changes = {
            Attribute.LEASE_UNTIL: 0,
            Attribute.INTENT_UNTIL: intent_until,
            Attribute.DUE_AT: int(now) + _CLAIM_GRACE_SECONDS,
        }
        self._update(claim.record_id, changes, _HELD, _held_by(claim))

    def submit(self, claim: JobRecord, job_id: str, now: float) -> Move:
        """Record the job of a claim that is still held."""
        changes = {Attribute.STATUS: Status.SUBMITTED, Attribute.JOB_ID: job_id, **_moved(now, _NEWS_SECONDS)}
        return self._update(claim.record_id, changes, _HELD, _held_by(claim))

    def progress(self, record_id: str, job_id: str, percent: int | None, now: float) -> Move:
        """Move an unfinished record to PROGRESSING and its percentage up, never down."""
        changes = {
            Attribute.STATUS: Status.PROGRESSING,
            Attribute.JOB_ID: job_id,
            Attribute.PERCENT: percent or 0,
            **_moved(now, _NEWS_SECONDS),
        }
        values: dict[str, Any] = {**_UNFINISHED_VALUES, ":job": job_id, ":percent": percent or 0}
        return self._update(record_id, changes, f"{_UNFINISHED} AND {_OF_JOB} AND {_LESS_PROGRESS}", values)

    def finish(self, record_id: str, job_id: str, ending: Ending, run: Run) -> Move:
        """Move an unfinished record to the end of its job, and take charge of the notice."""
        changes = {Attribute.JOB_ID: job_id, **_end(ending, run)}
        values: dict[str, Any] = {**_UNFINISHED_VALUES, ":job": job_id}
        return self._update(record_id, changes, f"{_UNFINISHED} AND {_OF_JOB}", values)

    def close(self, record: JobRecord, ending: Ending, run: Run) -> Move:
        """End an unfinished attempt that no job ends, and take charge of the notice.

        A newer version may end whatever is unfinished; anything else ends only what is still as it was read.
        """
        if ending.status is Status.SUPERSEDED:
            condition = f"{_UNFINISHED} AND {_SAME_ATTEMPT}"
            values = {**_UNFINISHED_VALUES, ":attempt": record.attempt}
        else:
            condition, values = _UNCHANGED, _as_read(record)
        return self._update(record.record_id, _end(ending, run), condition, values)

    def postpone(self, record: JobRecord, due_at: float) -> None:
        """Say when a record that is as it was read should be looked at again."""
        self._update(record.record_id, {Attribute.DUE_AT: int(due_at)}, _UNCHANGED, _as_read(record))

    def take_charge(self, record: JobRecord, run: Run) -> bool:
        """Take charge of a notice that was not sent, if nobody has charge of it any more."""
        condition = f"{_UNTOLD} AND #{Attribute.NOTICE_UNTIL} <= :now"
        values = {**_ended_as(record), ":now": int(run.now)}
        return self._update(record.record_id, _charge(run.lease_until), condition, values).moved

    def give_back(self, record: JobRecord, now: float) -> None:
        """Give the charge of a notice back that could not be sent."""
        self._update(record.record_id, _charge(now), _UNTOLD, _ended_as(record))

    def mark_notified(self, record: JobRecord, now: float) -> None:
        """Remember that the notice of a record's end was sent; from here on the record may expire."""
        changes = {
            Attribute.NOTIFIED: True,
            Attribute.UPDATED_AT: int(now),
            Attribute.EXPIRES_AT: int(now) + self._ttl_days * _SECONDS_PER_DAY,
        }
        dropped = (Attribute.OPEN, Attribute.DUE_AT)
        self._update(record.record_id, changes, _SAME_END, _ended_as(record), dropped=dropped)

    def _put(self, record: JobRecord, condition: str, values: Mapping[str, Any], now: float) -> Move:
        request: PutItemInputTypeDef = {
            "TableName": self._table,
            "Item": item_from_record(record, now=now, due_at=record.lease_until + _CLAIM_GRACE_SECONDS),
            "ConditionExpression": condition,
            "ExpressionAttributeNames": _names(condition),
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
        if values:
            request["ExpressionAttributeValues"] = serialized(values)
        with translated(f"claiming {record.record_id}"):
            try:
                self._dynamodb.put_item(**request)
            except self._dynamodb.exceptions.ConditionalCheckFailedException as error:
                return _refused(error)
        return Move(moved=True, record=record)

    def _update(
        self,
        record_id: str,
        changes: Mapping[Attribute, Any],
        condition: str,
        values: Mapping[str, Any],
        *,
        dropped: tuple[Attribute, ...] = (),
    ) -> Move:
        """Set attributes (None: leave it alone) under a condition, none of which holds where there is no record."""
        made = {name: value for name, value in changes.items() if value is not None}
        expression = "SET " + ", ".join(f"#{name} = :to_{name}" for name in made)
        if dropped:
            expression += " REMOVE " + ", ".join(f"#{name}" for name in dropped)
        with translated(f"updating {record_id}"):
            try:
                answer = self._dynamodb.update_item(
                    TableName=self._table,
                    Key=serialized({Attribute.RECORD_ID: record_id}),
                    UpdateExpression=expression,
                    ConditionExpression=condition,
                    ExpressionAttributeNames=_names(expression + condition),
                    ExpressionAttributeValues=serialized(
                        {**values, **{f":to_{name}": value for name, value in made.items()}}
                    ),
                    ReturnValues="ALL_NEW",
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
            except self._dynamodb.exceptions.ConditionalCheckFailedException as error:
                return _refused(error)
        return Move(moved=True, record=record_from_item(answer["Attributes"]))


class LambdaOrchestrators:
    """The orchestrator function."""

    def __init__(self, session: boto3.Session, function_name: str) -> None:
        self._session = session
        self._function_name = function_name

    @cached_property
    def _lambda(self) -> LambdaClient:
        return self._session.client("lambda", config=_CONFIG)

    def resume(self, record: JobRecord) -> None:
        """Let the orchestrator take an object version as if S3 had told of it."""
        detail = {
            "bucket": {"name": record.bucket},
            "object": {"key": record.key, "version-id": record.version_id, "etag": record.etag},
        }
        payload = json.dumps({"detail-type": "Object Created", "detail": detail}).encode()
        with translated("asking the orchestrator"):
            self._lambda.invoke(FunctionName=self._function_name, InvocationType="Event", Payload=payload)


def _held_by(claim: JobRecord) -> dict[str, Any]:
    return {":claimed": Status.CLAIMED, ":holder": claim.holder, ":attempt": claim.attempt}


def _as_read(record: JobRecord) -> dict[str, Any]:
    return {
        ":status": record.status,
        ":holder": record.holder,
        ":attempt": record.attempt,
        ":lease": record.lease_until,
    }


def _ended_as(record: JobRecord) -> dict[str, Any]:
    return {":status": record.status, ":attempt": record.attempt}


def _moved(now: float, quiet_seconds: int) -> dict[Attribute, Any]:
    return {Attribute.UPDATED_AT: int(now), Attribute.DUE_AT: int(now) + quiet_seconds}


def _charge(until: float) -> dict[Attribute, Any]:
    return {Attribute.NOTICE_UNTIL: int(until), Attribute.DUE_AT: int(until)}


def _end(ending: Ending, run: Run) -> dict[Attribute, Any]:
    stream = ending.stream.as_json() if ending.stream else {}
    fault = ending.fault
    return {
        Attribute.STATUS: ending.status,
        Attribute.PERCENT: 100 if ending.status is Status.COMPLETE else None,
        Attribute.UPDATED_AT: int(run.now),
        **{name: stream.get(name) for name in STREAM_ATTRIBUTES},
        **({Attribute.ERROR_CODE: fault.code, Attribute.ERROR_MESSAGE: fault.message} if fault else {}),
        **_charge(run.lease_until),
    }


def _names(expression: str) -> dict[str, str]:
    """Name every attribute by a placeholder: status, key and percent are among DynamoDB's reserved words."""
    return {f"#{name}": name for name in re.findall(r"#(\w+)", expression)}


def _refused(error: ClientError) -> Move:
    item = cast("Mapping[str, Any] | None", error.response.get("Item"))
    return Move(moved=False, record=record_from_item(item) if item else None)
