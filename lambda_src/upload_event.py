"""What the orchestrator is asked to do: an S3 event through EventBridge, or a request naming one object.

Keys are taken raw. S3 URL-encodes them in its own notifications but not through EventBridge, so decoding here would
turn ``a+b.mp4`` into another object
(https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from lambda_src.errors import MalformedEventError

LONGEST_KEY_BYTES = 1024
"""S3's own limit, in bytes of UTF-8 (https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html)."""

_KINDS: dict[type, str] = {
    type(None): "null",
    bool: "a boolean",
    int: "a number",
    float: "a number",
    str: "a string",
    list: "a list",
    dict: "an object",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectCreated:
    """An event of S3, delivered by EventBridge.

    ``detail_type`` is None where the caller left the envelope out. ``version_id`` is None on a bucket without
    versions. ``etag`` is without quotes.
    """

    bucket: str
    key: str
    version_id: str | None = None
    etag: str | None = None
    detail_type: str | None = None

    again: ClassVar[bool] = False
    execution: ClassVar[None] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectRequest:
    """The state machine or an operator asks for one object.

    ``again`` asks for a new attempt where the last one has ended. ``execution`` is the execution of the state machine
    that asks, None where it is none.
    """

    bucket: str
    key: str
    again: bool = False
    execution: str | None = None

    version_id: ClassVar[None] = None
    etag: ClassVar[None] = None
    detail_type: ClassVar[None] = None


UploadEvent = ObjectCreated | ObjectRequest


def parse_upload_event(event: Any) -> UploadEvent:
    """Read either input shape.

    Raises ``MalformedEventError``, with bucket and key where they can be read, for anything that is neither.
    """
    if not isinstance(event, Mapping):
        raise MalformedEventError(f"the event is {_kind(event)}, not an object")
    if "detail" in event:
        return _object_created(event)
    if "bucket" in event or "key" in event:
        bucket, key = _address(event.get("bucket"), event.get("key"), names=("bucket", "key"))
        return _object_request(event, bucket, key)
    raise MalformedEventError('the event has neither "detail" nor "bucket" and "key"')


def _object_request(event: Mapping[str, Any], bucket: str, key: str) -> ObjectRequest:
    again, execution = event.get("again", False), event.get("execution")
    if not isinstance(again, bool):
        raise MalformedEventError(f'"again" is {_kind(again)}, not true or false', bucket=bucket, key=key)
    if execution is not None and (not isinstance(execution, str) or not _is_unicode(execution)):
        raise MalformedEventError('"execution" is not the ARN of an execution', bucket=bucket, key=key)
    return ObjectRequest(bucket=bucket, key=key, again=again, execution=execution)


def _object_created(event: Mapping[str, Any]) -> ObjectCreated:
    detail = event["detail"]
    if not isinstance(detail, Mapping):
        raise MalformedEventError(f'"detail" is {_kind(detail)}, not an object')
    bucket_part, object_part = detail.get("bucket"), detail.get("object")
    bucket, key = _address(
        bucket_part.get("name") if isinstance(bucket_part, Mapping) else None,
        object_part.get("key") if isinstance(object_part, Mapping) else None,
        names=("detail.bucket.name", "detail.object.key"),
    )
    optional = {
        "detail.object.version-id": object_part.get("version-id") if isinstance(object_part, Mapping) else None,
        "detail.object.etag": object_part.get("etag") if isinstance(object_part, Mapping) else None,
        "detail-type": event.get("detail-type"),
    }
    for name, value in optional.items():
        if value is not None and not isinstance(value, str):
            raise MalformedEventError(f'"{name}" is {_kind(value)}, not a string', bucket=bucket, key=key)
        if value and not _is_unicode(value):
            raise MalformedEventError(f'"{name}" is not valid Unicode', bucket=bucket, key=key)
    version_id, etag, detail_type = optional.values()
    return ObjectCreated(
        bucket=bucket,
        key=key,
        version_id=version_id or None,
        etag=etag.strip('"') or None if etag else None,
        detail_type=detail_type,
    )


def _address(bucket: Any, key: Any, *, names: tuple[str, str]) -> tuple[str, str]:
    readable_bucket = _shown(bucket) if isinstance(bucket, str) else None
    readable_key = _shown(key) if isinstance(key, str) else None

    def fail(message: str) -> MalformedEventError:
        return MalformedEventError(message, bucket=readable_bucket, key=readable_key)

    for name, value in zip(names, (bucket, key), strict=True):
        if value is None:
            raise fail(f'"{name}" is missing')
        if not isinstance(value, str):
            raise fail(f'"{name}" is {_kind(value)}, not a string')
        if not value:
            raise fail(f'"{name}" is empty')
        if not _is_unicode(value):
            raise fail(f'"{name}" is not valid Unicode')
    length = len(key.encode())
    if length > LONGEST_KEY_BYTES:
        raise fail(f'"{names[1]}" has {length:,} bytes, more than the {LONGEST_KEY_BYTES:,} that S3 allows')
    return bucket, key


def _is_unicode(text: str) -> bool:
    """Tell whether a text has no half of a surrogate pair, which JSON can carry and nothing behind it takes."""
    return not any("\ud800" <= character <= "\udfff" for character in text)


def _shown(name: str) -> str:
    """Cut a bucket's or an object's name to what a notice can carry, whatever came in."""
    return name.encode(errors="replace")[:LONGEST_KEY_BYTES].decode(errors="ignore")


def _kind(value: Any) -> str:
    """Name a JSON value's type as a person would."""
    return _KINDS.get(type(value), f"a {type(value).__name__}")
