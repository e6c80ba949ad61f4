"""What people are told: one JSON body for success, failure and cancellation, with attributes to filter on."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from lambda_src.notice_events import ENVIRONMENT_ATTRIBUTE, EVENT_ATTRIBUTE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lambda_src.notice_events import NoticeEvent
    from lambda_src.record import Fault, JobRecord


_LONGEST_SUBJECT = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a notice is about; None for what could not be read or does not exist."""

    bucket: str | None = None
    key: str | None = None
    version_id: str | None = None
    record_id: str | None = None
    job_id: str | None = None

    @classmethod
    def record(cls, record: JobRecord) -> About:
        """Take the fields from a job record."""
        return cls(
            bucket=record.bucket,
            key=record.key,
            version_id=record.version_id,
            record_id=record.record_id,
            job_id=record.job_id,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A message to the topic; ``subject`` fits SNS (at most 100 ASCII characters, none of them control characters)."""

    subject: str
    body: dict[str, Any]

    @property
    def attributes(self) -> dict[str, str]:
        """Return the message attributes subscribers can filter on."""
        return {name: self.body[name] for name in (EVENT_ATTRIBUTE, ENVIRONMENT_ATTRIBUTE)}


def build_notice(
    event: NoticeEvent,
    about: About,
    *,
    environment: str,
    moment: float,
    identity: str,
    stream: Mapping[str, Any] | None = None,
    fault: Fault | None = None,
) -> Notice:
    """Build a notice; ``moment`` is epoch seconds.

    ``identity`` is the same each time the same notice is sent, so that whoever gets it twice can drop the second.
    ``stream`` is what the record keeps of a finished stream.
    """
    told = stream or {}
    return Notice(
        subject=_subject(event, about.key),
        body={
            "id": identity,
            EVENT_ATTRIBUTE: event.value,
            ENVIRONMENT_ATTRIBUTE: environment,
            "bucket": about.bucket,
            "key": about.key,
            "version_id": about.version_id,
            "record_id": about.record_id,
            "job_id": about.job_id,
            "playlist": told.get("playlist"),
            "poster": told.get("poster"),
            "thumbnails": told.get("thumbnails"),
            "duration_seconds": told.get("duration_seconds"),
            "renditions": told.get("renditions", []),
            "error": {"code": fault.code, "message": fault.message} if fault else None,
            "time": datetime.fromtimestamp(moment, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        },
    )


def _subject(event: NoticeEvent, key: str | None) -> str:
    verb = event.value.partition(".")[2]
    plain = unicodedata.normalize("NFKD", key or "").encode("ascii", "ignore").decode()
    name = re.sub(r"[^ -~]+", " ", plain).strip() or ("an event that cannot be read" if key is None else "a video")
    return f"Transcode {verb}: {name}"[:_LONGEST_SUBJECT].rstrip()
