"""Job records as items of the job table, and back.

The partition key is the record id. ``table_schema`` names the attributes.
"""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

from lambda_src.record import JobRecord, Status
from lambda_src.table_schema import Attribute

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

_SECONDS_PER_DAY = 86_400
_serialize = TypeSerializer().serialize
_deserialize = TypeDeserializer().deserialize


def serialized(values: Mapping[str, Any]) -> dict[str, AttributeValueTypeDef]:
    """Turn plain JSON values into DynamoDB's; numbers with a fraction become decimals, None is left out."""
    exact = json.loads(
        json.dumps({name: value for name, value in values.items() if value is not None}), parse_float=Decimal
    )
    return {name: _serialize(value) for name, value in exact.items()}


def item_from_record(record: JobRecord, *, ttl_days: int) -> dict[str, AttributeValueTypeDef]:
    """Return the whole item of a claim."""
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
            Attribute.CLAIMED_AT: record.claimed_at,
            Attribute.LEASE_UNTIL: record.lease_until,
            Attribute.UPDATED_AT: record.claimed_at,
            Attribute.JOB_ID: record.job_id,
            Attribute.PAST_JOBS: list(record.past_jobs) or None,
            Attribute.EXPIRES_AT: record.claimed_at + ttl_days * _SECONDS_PER_DAY,
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
        claimed_at=int(values[Attribute.CLAIMED_AT]),
        lease_until=int(values[Attribute.LEASE_UNTIL]),
        job_id=values.get(Attribute.JOB_ID),
        past_jobs=tuple(values.get(Attribute.PAST_JOBS, ())),
    )
