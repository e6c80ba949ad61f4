"""Job records as items of the job table, and back.

The partition key ``pk`` is the record id; ``expires_at`` is the table's time to live, in epoch seconds.
"""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

from lambda_src.record import JobRecord, Status

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
            "pk": record.record_id,
            "bucket": record.bucket,
            "key": record.key,
            "version_id": record.version_id,
            "etag": record.etag,
            "status": record.status,
            "output_prefix": record.output_prefix,
            "attempt": record.attempt,
            "request_id": record.request_id,
            "claimed_at": record.claimed_at,
            "lease_until": record.lease_until,
            "updated_at": record.claimed_at,
            "job_id": record.job_id,
            "past_jobs": list(record.past_jobs) or None,
            "expires_at": record.claimed_at + ttl_days * _SECONDS_PER_DAY,
        }
    )


def record_from_item(item: Mapping[str, Any]) -> JobRecord:
    """Read an item, of which a claim wrote every attribute that is needed here."""
    values = {name: _deserialize(value) for name, value in item.items()}
    return JobRecord(
        record_id=values["pk"],
        bucket=values["bucket"],
        key=values["key"],
        version_id=values.get("version_id"),
        etag=values["etag"],
        status=Status(values["status"]),
        output_prefix=values["output_prefix"],
        attempt=int(values["attempt"]),
        request_id=values["request_id"],
        claimed_at=int(values["claimed_at"]),
        lease_until=int(values["lease_until"]),
        job_id=values.get("job_id"),
        past_jobs=tuple(values.get("past_jobs", ())),
    )
