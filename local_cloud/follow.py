"""Put a video into the upload bucket and follow it to its notification, as an application would."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.conditions import Attr

from lambda_src.notice_events import EVENT_ATTRIBUTE, NoticeEvent
from lambda_src.table_schema import Attribute
from local_cloud.sqs_messages import receive_all

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from boto3.session import Session

    from local_cloud.deployment import Outputs

_POLL_SECONDS = 0.2


class NoEndError(Exception):
    """The pipeline said nothing of an object for too long; the message holds what is known of it."""


@dataclass(frozen=True)
class Journey:
    """One object's way through the pipeline. Times in seconds: upload, upload's end → job, job → notification."""

    key: str
    notification: dict[str, Any]
    upload_seconds: float
    submit_seconds: float
    transcode_seconds: float

    @property
    def succeeded(self) -> bool:
        """Whether the pipeline told of success."""
        return bool(self.notification[EVENT_ATTRIBUTE] == NoticeEvent.SUCCEEDED)


class Follower:
    """Watches one deployment's job table and notification inbox."""

    def __init__(self, session: Session, outputs: Outputs) -> None:
        self._s3 = session.client("s3")
        self._sqs = session.client("sqs")
        self._table = session.resource("dynamodb").Table(outputs.job_table)
        self._outputs = outputs
        self.notifications: list[dict[str, Any]] = []

    def upload(self, path: Path, key: str, *, progress: Callable[[str], None] | None = None) -> float:
        """Upload a file under a key, in parts where it is large; return the seconds it took."""
        size, sent, started = path.stat().st_size, 0, time.monotonic()

        def count(transferred: int) -> None:
            nonlocal sent
            sent += transferred
            if progress and size:
                progress(f"{100 * sent // size} %")

        self._s3.upload_file(str(path), self._outputs.upload_bucket, key, Callback=count)
        return time.monotonic() - started

    def record(self, key: str) -> dict[str, Any] | None:
        """Return the job table's newest record of a key, None where there is none."""
        condition = Attr(Attribute.KEY).eq(key) & Attr(Attribute.BUCKET).eq(self._outputs.upload_bucket)
        items = self._table.scan(FilterExpression=condition, ConsistentRead=True)["Items"]
        return max(items, key=lambda item: str(item.get(Attribute.CLAIMED_AT, "")), default=None)

    def notification(self, key: str) -> dict[str, Any] | None:
        """Return what the pipeline last told of a key, None where it has told nothing yet."""
        for message in receive_all(self._sqs, self._outputs.inbox_queue_url):
            body = json.loads(message["Body"])
            self.notifications.append(json.loads(body["Message"]) if "Message" in body else body)
        return next((one for one in reversed(self.notifications) if one.get("key") == key), None)

    def send(
        self, path: Path, key: str, *, progress: Callable[[str], None] | None = None, patience: float = 120.0
    ) -> Journey:
        """Upload and follow to the notification. Raises ``NoEndError`` after ``patience`` seconds without news."""
        say = progress or (lambda _text: None)
        upload_seconds = self.upload(path, key, progress=lambda share: say(f"upload {share}"))
        started = news = time.monotonic()
        submitted: float | None = None
        known = ""
        while (told := self.notification(key)) is None:
            record = self.record(key) or {}
            state = (
                f"{record.get(Attribute.STATUS, 'waiting for the event')} {record.get(Attribute.PERCENT, '')}".strip()
            )
            if state != known:
                known, news = state, time.monotonic()
                say(f"{state} %" if Attribute.PERCENT in record else state)
            if submitted is None and record.get(Attribute.JOB_ID):
                submitted = time.monotonic()
            if time.monotonic() - news > patience:
                raise NoEndError(
                    f"no news of {key!r} for {patience:.0f} s; its record says: {record or 'there is none'}"
                )
            time.sleep(_POLL_SECONDS)
        ended = time.monotonic()
        return Journey(key, told, upload_seconds, (submitted or ended) - started, ended - (submitted or ended))
