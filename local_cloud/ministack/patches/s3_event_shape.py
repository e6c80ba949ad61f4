"""S3's events on EventBridge have the shape of the real ones.

Gap: MiniStack leaves out the version id of a versioned bucket, writes milliseconds in the time, uses the event's id
as the request id, and gives a size and an empty etag in events about deleted objects.
Until: MiniStack builds the event as https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html shows it.
"""

from __future__ import annotations

import contextvars
import hashlib
import json
import secrets
import string
import uuid
from typing import TYPE_CHECKING, Any

from ministack.core.responses import get_request_client_ip
from ministack.services import eventbridge, s3

from local_cloud.ministack.patches.base import wrap

if TYPE_CHECKING:
    from pathlib import Path

    from local_cloud.ministack.settings import Settings

_REQUEST_ID_ALPHABET = string.ascii_uppercase + string.digits
_EMPTY_ETAG = hashlib.md5(b"", usedforsecurity=False).hexdigest()  # what a delete marker carries

_version: contextvars.ContextVar[str | None] = contextvars.ContextVar("s3_event_version", default=None)


def reshape(event: dict[str, Any], version_id: str | None, client: str) -> dict[str, Any]:
    """Return one of MiniStack's S3 events in AWS's shape; ``version_id`` is None on an unversioned bucket."""
    detail = json.loads(event["Detail"])
    found = detail["object"]
    if event["DetailType"] == "Object Deleted":
        marker = detail.get("deletion-type") == "Delete Marker Created"
        found = {"key": found["key"], "sequencer": found["sequencer"]} | ({"etag": _EMPTY_ETAG} if marker else {})
    if version_id and version_id != "null":
        found["version-id"] = version_id
    detail["object"] = found
    detail["request-id"] = "".join(secrets.choice(_REQUEST_ID_ALPHABET) for _ in range(16))
    detail["source-ip-address"] = client
    seconds, _, _ = str(event["Time"]).partition(".")
    whole = f"{seconds.removesuffix('Z')}Z"
    return {**event, "EventId": str(uuid.uuid4()), "Time": whole, "Detail": json.dumps(detail)}


def apply(settings: Settings, run_dir: Path) -> None:
    """Reshape S3's events where they enter EventBridge."""
    del settings, run_dir

    @wrap(s3, "_fire_s3_event", "2ab38cfade76")
    def fire_event(fire: Any, *arguments: Any, version_id: str | None = None, **named: Any) -> None:
        token = _version.set(version_id or "")
        try:
            fire(*arguments, version_id=version_id, **named)
        finally:
            _version.reset(token)

    @wrap(eventbridge, "_dispatch_event", "d1bfe064f602")
    def dispatch_event(dispatch: Any, event: dict[str, Any], view: Any = None) -> None:
        version_id = _version.get()
        if version_id is None or event.get("Source") != "aws.s3":
            dispatch(event, view)
            return
        token = _version.set(None)  # an event that a rule passes on to another bus keeps its id
        try:
            dispatch(reshape(event, version_id, get_request_client_ip()))
        finally:
            _version.reset(token)
