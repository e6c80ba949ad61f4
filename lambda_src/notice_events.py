"""What the pipeline tells people of: the ``event`` of a notice, and the attributes that subscribers filter by.

``stacks`` imports this module, so it imports nothing of AWS.
"""

from __future__ import annotations

from enum import StrEnum

EVENT_ATTRIBUTE = "event"
ENVIRONMENT_ATTRIBUTE = "environment"


class NoticeEvent(StrEnum):
    """How an object's journey, or an execution of the state machine, ended."""

    SUCCEEDED = "transcode.succeeded"
    FAILED = "transcode.failed"
    CANCELED = "transcode.canceled"
    SUPERSEDED = "transcode.superseded"
    EXECUTION_SUCCEEDED = "execution.succeeded"
    EXECUTION_FAILED = "execution.failed"
