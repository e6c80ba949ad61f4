"""The only module that talks to AWS; meets the protocols of ``ports``.

Clients are made when first used, so that a progress event, which touches the job table alone, pays for one client.
boto3 itself honours ``AWS_ENDPOINT_URL`` and ``AWS_ENDPOINT_URL_MEDIACONVERT``.
"""

from __future__ import annotations

import json
import re
from functools import cached_property
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, cast

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from lambda_src.aws_errors import error_message, http_status, retryable, translated
from lambda_src.errors import JobRefusedError, ObjectGoneError, UnreadableMediaError
from lambda_src.ledger_item import item_from_record, record_from_item, serialized
from lambda_src.ports import Move, Services, StoredObject
from lambda_src.record import UNFINISHED, JobRecord, Status
from lambda_src.table_schema import STREAM_ATTRIBUTES, Attribute

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import PutItemInputTypeDef
    from mypy_boto3_mediaconvert import MediaConvertClient
    from mypy_boto3_mediaconvert.type_defs import CreateJobRequestTypeDef
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sns import SNSClient

    from lambda_src.environment import JobEventsEnvironment
    from lambda_src.notices import Fault, Notice
    from lambda_src.ports import Ending
    from lambda_src.run import Run

# A hanging call must leave time to end the lease before Lambda ends the function.
_CONFIG = Config(connect_timeout=3, read_timeout=15, retries={"mode": "standard", "total_max_attempts": 3})
_PROBE_CONFIG = Config(connect_timeout=3, read_timeout=25, retries={"mode": "standard", "total_max_attempts": 2})

# Conditions of writes. A placeholder #x stands for the attribute x, see _names.
_STATUS, _JOB, _PERCENT = f"#{Attribute.STATUS}", f"#{Attribute.JOB_ID}", f"#{Attribute.PERCENT}"
_SAME_ATTEMPT = f"#{Attribute.REQUEST_ID} = :request AND #{Attribute.ATTEMPT} = :attempt"
_HELD = f"{_STATUS} = :claimed AND {_SAME_ATTEMPT}"
_UNCHANGED = f"{_STATUS} = :status AND {_SAME_ATTEMPT} AND #{Attribute.LEASE_UNTIL} = :lease"
_SAME_JOB = f"{_JOB} = :job"
_OF_JOB = f"({_SAME_JOB} OR (attribute_not_exists({_JOB}) AND NOT contains(#{Attribute.PAST_JOBS}, :job)))"
_UNFINISHED = f"{_STATUS} IN (:claimed, :submitted, :progressing)"
_UNFINISHED_VALUES = dict(zip((":claimed", ":submitted", ":progressing"), UNFINISHED, strict=True))
_LESS_PROGRESS = f"(attribute_not_exists({_PERCENT}) OR {_PERCENT} < :percent)"
_UNSENT = (
    f"{_STATUS} = :status AND {_SAME_JOB} AND attribute_not_exists(#{Attribute.NOTIFIED})"
    f" AND (#{Attribute.NOTICE_UNTIL} <= :now OR #{Attribute.NOTICE_REQUEST_ID} = :request)"
)


def connect(environment: JobEventsEnvironment) -> Services:
    """Return the services a handler acts through."""
    session = boto3.Session(region_name=environment.region)
    return Services(
        objects=S3ObjectStore(session),
        ledger=DynamoLedger(session, environment.job_table, ttl_days=environment.record_ttl_days),
        transcoder=MediaConvertTranscoder(session),
        announcer=SnsAnnouncer(session, environment.topic_arn),
    )


class S3ObjectStore:
    """The buckets."""

    def __init__(self, session: boto3.Session) -> None:
        self._session = session

    @cached_property
    def _s3(self) -> S3Client:
        return self._session.client("s3", config=_CONFIG)

    def head(self, bucket: str, key: str) -> StoredObject:
        """Look at the current version. Raises ``ObjectGoneError`` where there is none, or only a delete marker.

        Without ``s3:ListBucket`` S3 answers 403 for an object that is gone
        (https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html).
        """
        action = f"looking at s3://{bucket}/{key}"
        with translated(action):
            try:
                found = self._s3.head_object(Bucket=bucket, Key=key)
            except ClientError as error:
                if http_status(error) == HTTPStatus.NOT_FOUND:
                    raise ObjectGoneError("object deleted before processing") from error
                raise
        version = found.get("VersionId")
        return StoredObject(
            size=found["ContentLength"],
            etag=found["ETag"].strip('"'),
            version_id=None if version in (None, "null") else version,
        )

    def put_json(self, bucket: str, key: str, body: Mapping[str, Any]) -> None:
        """Write a JSON object."""
        content = json.dumps(body, indent=2, ensure_ascii=False).encode()
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
        """Probe a file. Raises ``UnreadableMediaError`` where the service refuses it, ``ObjectGoneError`` for 404."""
        with translated(f"probing {url}"):
            try:
                answer = self._mediaconvert.probe(InputFiles=[{"FileUrl": url}])
            except ClientError as error:
                status = http_status(error)
                if status == HTTPStatus.NOT_FOUND:
                    raise ObjectGoneError("object deleted before processing") from error
                if status in (HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY):
                    raise UnreadableMediaError(f"the file cannot be read: {error_message(error)}") from error
                raise
        results = answer.get("ProbeResults")
        if not results:
            raise UnreadableMediaError("the file cannot be read: nothing was found in it")
        return results[0]

    def create_job(self, request: CreateJobRequestTypeDef) -> str:
        """Create a job and return its id. Raises ``JobRefusedError`` for a request that will never be accepted."""
        action = "creating the job"
        with translated(action):
            try:
                job = self._mediaconvert.create_job(**request)["Job"]
            except ClientError as error:
                if http_status(error) == HTTPStatus.BAD_REQUEST:
                    raise JobRefusedError(f"MediaConvert refuses the job: {error_message(error)}") from error
                raise retryable(error, action) from error
        return job["Id"]


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

    def create(self, record: JobRecord) -> JobRecord | None:
        """Write a first record, or return the one that is there already."""
        move = self._put(record, f"attribute_not_exists(#{Attribute.RECORD_ID})", {})
        return None if move.moved else move.record

    def replace(self, old: JobRecord, new: JobRecord) -> bool:
        """Put a new claim in place of a record if that is still as it was read."""
        values = {
            ":status": old.status,
            ":request": old.request_id,
            ":attempt": old.attempt,
            ":lease": old.lease_until,
        }
        return self._put(new, _UNCHANGED, values).moved

    def release(self, claim: JobRecord) -> None:
        """End the lease of a claim, if it is still held."""
        self._update(claim.record_id, {Attribute.LEASE_UNTIL: 0}, _HELD, _held_by(claim))

    def submit(self, claim: JobRecord, job_id: str, now: float) -> Move:
        """Record the job of a claim that is still held."""
        changes = {
            Attribute.STATUS: Status.SUBMITTED,
            Attribute.JOB_ID: job_id,
            Attribute.UPDATED_AT: int(now),
        }
        return self._update(claim.record_id, changes, _HELD, _held_by(claim))

    def reject(self, claim: JobRecord, fault: Fault, now: float) -> Move:
        """End a claim that is still held in REJECTED."""
        changes = {Attribute.STATUS: Status.REJECTED, Attribute.UPDATED_AT: int(now), **_of_fault(fault)}
        return self._update(claim.record_id, changes, _HELD, _held_by(claim))

    def progress(self, record_id: str, job_id: str, percent: int | None, now: float) -> Move:
        """Move an unfinished record to PROGRESSING and its percentage up, never down."""
        changes = {
            Attribute.STATUS: Status.PROGRESSING,
            Attribute.JOB_ID: job_id,
            Attribute.PERCENT: percent or 0,
            Attribute.UPDATED_AT: int(now),
        }
        values: dict[str, Any] = {**_UNFINISHED_VALUES, ":job": job_id, ":percent": percent or 0}
        return self._update(record_id, changes, f"{_UNFINISHED} AND {_OF_JOB} AND {_LESS_PROGRESS}", values)

    def finish(self, record_id: str, job_id: str, ending: Ending, run: Run) -> Move:
        """Move an unfinished record to its end, or take over a notice that was never sent."""
        charge = {
            Attribute.NOTICE_REQUEST_ID: run.request_id,
            Attribute.NOTICE_UNTIL: int(run.lease_until),
        }
        stream = ending.stream.as_json() if ending.stream else {}
        changes = {
            Attribute.STATUS: ending.status,
            Attribute.JOB_ID: job_id,
            Attribute.PERCENT: 100 if ending.status is Status.COMPLETE else None,
            Attribute.UPDATED_AT: int(run.now),
            **{name: stream.get(name) for name in STREAM_ATTRIBUTES},
            **(_of_fault(ending.fault) if ending.fault else {}),
            **charge,
        }
        values: dict[str, Any] = {**_UNFINISHED_VALUES, ":job": job_id}
        move = self._update(record_id, changes, f"{_UNFINISHED} AND {_OF_JOB}", values)
        if move.moved or move.record is None or move.record.status is not ending.status:
            return move
        values = {":status": ending.status, ":job": job_id, ":now": int(run.now), ":request": run.request_id}
        return self._update(record_id, charge, _UNSENT, values)

    def mark_notified(self, record_id: str, job_id: str, now: float) -> None:
        """Remember that the notice of a job's end was sent."""
        self._update(record_id, {Attribute.NOTIFIED: True, Attribute.UPDATED_AT: int(now)}, _SAME_JOB, {":job": job_id})

    def _put(self, record: JobRecord, condition: str, values: Mapping[str, Any]) -> Move:
        request: PutItemInputTypeDef = {
            "TableName": self._table,
            "Item": item_from_record(record, ttl_days=self._ttl_days),
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
        self, record_id: str, changes: Mapping[Attribute, Any], condition: str, values: Mapping[str, Any]
    ) -> Move:
        """Set attributes (None: leave it alone) under a condition, none of which holds where there is no record."""
        made = {name: value for name, value in changes.items() if value is not None}
        expression = "SET " + ", ".join(f"#{name} = :to_{name}" for name in made)
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


def _held_by(claim: JobRecord) -> dict[str, Any]:
    return {":claimed": Status.CLAIMED, ":request": claim.request_id, ":attempt": claim.attempt}


def _of_fault(fault: Fault) -> dict[Attribute, Any]:
    return {Attribute.ERROR_CODE: fault.code, Attribute.ERROR_MESSAGE: fault.message}


def _names(expression: str) -> dict[str, str]:
    """Name every attribute by a placeholder: status, key and percent are among DynamoDB's reserved words."""
    return {f"#{name}": name for name in re.findall(r"#(\w+)", expression)}


def _refused(error: ClientError) -> Move:
    item = cast("Mapping[str, Any] | None", error.response.get("Item"))
    return Move(moved=False, record=record_from_item(item) if item else None)
