"""A job and its life.

SUBMITTED → PROGRESSING → COMPLETE | ERROR | CANCELED, and SUBMITTED → CANCELED. Nothing else is possible: a job that
was canceled while its last file was written stays canceled.
"""

from __future__ import annotations

import random
import string
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from local_mediaconvert.service_model import Json

_TRANSITIONS: dict[str, frozenset[str]] = {
    "SUBMITTED": frozenset({"PROGRESSING", "CANCELED"}),
    "PROGRESSING": frozenset({"COMPLETE", "ERROR", "CANCELED"}),
}
FINAL_STATUSES = frozenset({"COMPLETE", "ERROR", "CANCELED"})
_ID_CHARACTERS = string.ascii_lowercase + string.digits
_ECHOED = ("accelerationSettings", "billingTagsSource", "simulateReservedQueue", "clientRequestToken")
_DEFAULT_INTERVAL = "SECONDS_60"


class IllegalTransitionError(Exception):
    """The job's status does not allow the step."""


def new_job_id() -> str:
    """A job id of MediaConvert's form: milliseconds since the epoch and six characters."""
    suffix = "".join(random.choices(_ID_CHARACTERS, k=6))  # noqa: S311 - an id, not a secret
    return f"{time.time_ns() // 1_000_000}-{suffix}"


@dataclass(slots=True)
class Job:
    """One transcoding job. Times are in seconds since the epoch; ``request`` is CreateJob's, under wire names."""

    id: str
    arn: str
    queue_arn: str
    request: Json
    number: int
    created_at: float = field(default_factory=time.time)
    started_at: float | None = None
    finished_at: float | None = None
    status: str = "SUBMITTED"
    phase: str | None = None
    percent: int | None = None
    error_code: int | None = None
    error_message: str | None = None
    warnings: dict[int, int] = field(default_factory=dict)
    output_group_details: list[Json] = field(default_factory=list)
    canceled: threading.Event = field(default_factory=threading.Event)

    @property
    def settings(self) -> Json:
        """The job's settings as submitted."""
        settings: Json = self.request["settings"]
        return settings

    @property
    def priority(self) -> int:
        """Higher goes first within a queue (-50 to 50)."""
        return int(self.request.get("priority", 0))

    @property
    def status_update_seconds(self) -> int:
        """Seconds between STATUS_UPDATE events on AWS."""
        return int(self.request.get("statusUpdateInterval", _DEFAULT_INTERVAL).removeprefix("SECONDS_"))

    @property
    def user_metadata(self) -> dict[str, str]:
        """The caller's own key-value pairs."""
        metadata: dict[str, str] = self.request.get("userMetadata", {})
        return metadata

    def move_to(self, status: str) -> None:
        """Take a step in the job's life.

        Raises:
            IllegalTransitionError: the present status does not lead there.

        """
        if status not in _TRANSITIONS.get(self.status, frozenset()):
            raise IllegalTransitionError(f"job {self.id} cannot go from {self.status} to {status}")
        self.status = status
        if status == "PROGRESSING":
            self.started_at, self.phase, self.percent = time.time(), "PROBING", 0
        elif status in FINAL_STATUSES:
            self.finished_at, self.phase = time.time(), None
            self.percent = 100 if status == "COMPLETE" else self.percent

    def as_json(self) -> Json:
        """The job as the API shows it."""
        timing = {"submitTime": self.created_at, "startTime": self.started_at, "finishTime": self.finished_at}
        optional: dict[str, Any] = {
            "currentPhase": self.phase,
            "jobPercentComplete": self.percent,
            "errorCode": self.error_code,
            "errorMessage": self.error_message,
            **{name: self.request.get(name) for name in _ECHOED},
        }
        details = [{"outputDetails": list(map(_shown, group["outputDetails"]))} for group in self.output_group_details]
        return {
            "id": self.id,
            "arn": self.arn,
            "queue": self.queue_arn,
            "role": self.request["role"],
            "settings": self.settings,
            "status": self.status,
            "createdAt": int(self.created_at),
            "timing": {name: int(value) for name, value in timing.items() if value is not None},
            "userMetadata": self.user_metadata,
            "priority": self.priority,
            "statusUpdateInterval": self.request.get("statusUpdateInterval", _DEFAULT_INTERVAL),
            "accelerationStatus": "NOT_APPLICABLE",
            "retryCount": 0,
            "messages": {"info": [], "warning": []},
            "warnings": [{"code": code, "count": count} for code, count in self.warnings.items()],
            "outputGroupDetails": details,
            **{name: value for name, value in optional.items() if value is not None},
        }


def _shown(output_detail: Json) -> Json:
    """The part of an output's details that the API shows; file paths and quality travel in the event only."""
    shown = {"durationInMs": output_detail["durationInMs"]}
    if "videoDetails" in output_detail:
        video = output_detail["videoDetails"]
        shown["videoDetails"] = {name: video[name] for name in ("widthInPx", "heightInPx")}
    return shown
