"""Job records as items of the job table, and back.

The partition key is the record id. ``table_schema`` names the attributes.
"""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

from lambda_src.record import Fault, JobRecord, Status
from lambda_src.table_schema import OPEN_VALUE, STREAM_ATTRIBUTES, Attribute

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

_serialize = TypeSerializer().serialize
_deserialize = TypeDeserializer().deserialize


def serialized(values: Mapping[str, Any]) -> dict[str, AttributeValueTypeDef]:
    """Turn plain JSON values into DynamoDB's; numbers with a fraction become decimals, None is left out."""
    exact = json.loads(
        json.dumps({name: value for name, value in values.items() if value is not None}), parse_float=Decimal
    )
    return {name: _serialize(value) for name, value in exact.items()}


def item_from_record(record: JobRecord, *, now: float, due_at: int) -> dict[str, AttributeValueTypeDef]:
    """Return the whole item of a claim. It has no time to live: that comes with the notice of its end."""
    return serialized(
        {
            Attribute.RECORD_ID: record.record_id,
            Attribute.BUCKET: record.bucket,
            Attribute.KEY: record.key,
            Attribute.VERSION_ID: record.version_id,
            Attribute.ETAG: record.etag,
            Attribute.STATUS: record.status,
            Attribute.OUTPUT_PREFIX: record.output_prefix,
            Attribute.ATTEMPT: record.attempt,
            Attribute.REQUEST_ID: record.request_id,
            Attribute.HOLDER: record.holder,
            Attribute.ASKED_BY: record.asked_by,
            Attribute.CLAIMED_AT: record.claimed_at,
            Attribute.LEASE_UNTIL: record.lease_until,
            Attribute.INTENT_UNTIL: record.intent_until,
            Attribute.UPDATED_AT: int(now),
            Attribute.PAST_JOBS: list(record.past_jobs) or None,
            Attribute.OPEN: OPEN_VALUE,
            Attribute.DUE_AT: due_at,
        }
    )


def record_from_item(item: Mapping[str, Any]) -> JobRecord:
    """Read an item, of which a claim wrote every attribute that is needed here."""
    values = {name: _deserialize(value) for name, value in item.items()}
    return JobRecord(
        record_id=values[Attribute.RECORD_ID],
        bucket=values[Attribute.BUCKET],
        key=values[Attribute.KEY],
        version_id=values.get(Attribute.VERSION_ID),
        etag=values[Attribute.ETAG],
        status=Status(values[Attribute.STATUS]),
        output_prefix=values[Attribute.OUTPUT_PREFIX],
        attempt=int(values[Attribute.ATTEMPT]),
        request_id=values[Attribute.REQUEST_ID],
        holder=values.get(Attribute.HOLDER, ""),
        claimed_at=int(values[Attribute.CLAIMED_AT]),
        lease_until=int(values[Attribute.LEASE_UNTIL]),
        intent_until=_whole(values.get(Attribute.INTENT_UNTIL)),
        asked_by=values.get(Attribute.ASKED_BY),
        job_id=values.get(Attribute.JOB_ID),
        past_jobs=tuple(values.get(Attribute.PAST_JOBS, ())),
        stream=_stream(values),
        fault=_fault(values),
        notified=Attribute.NOTIFIED in values,
        notice_until=int(values.get(Attribute.NOTICE_UNTIL, 0)),
    )


def _stream(values: Mapping[str, Any]) -> Mapping[str, Any] | None:
    if Attribute.PLAYLIST not in values:
        return None
    return {str(name): _plain(values.get(name)) for name in STREAM_ATTRIBUTES}


def _fault(values: Mapping[str, Any]) -> Fault | None:
    if Attribute.ERROR_CODE not in values:
        return None
    return Fault(code=values[Attribute.ERROR_CODE], message=values[Attribute.ERROR_MESSAGE])


def _whole(value: Decimal | None) -> int | None:
    return None if value is None else int(value)


def _plain(value: Any) -> Any:
    """Turn DynamoDB's decimals into JSON's numbers again, at any depth."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    return value
