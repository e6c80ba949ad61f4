"""A state machine writes its execution history to its log group, as loggingConfiguration says.

Gap: MiniStack stores the logging configuration and writes nothing.
Until: MiniStack delivers execution history to CloudWatch Logs.

Levels: https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html#cloudwatch-log-level. Events inside a Map or
Parallel state appear only where MiniStack's own history has them.
"""

# ruff: noqa: SLF001 - a patch reaches where MiniStack has no public way

from __future__ import annotations

import json
import logging
import secrets
import threading
import time
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ministack.services import cloudwatch_logs, stepfunctions

from local_cloud.ministack.patches.base import wrap

if TYPE_CHECKING:
    from pathlib import Path

    from local_cloud.ministack.settings import Settings

logger = logging.getLogger("states")

_FATAL = frozenset({"ExecutionAborted", "ExecutionFailed", "ExecutionTimedOut"})
_ERROR_ENDINGS = ("Failed", "TimedOut", "Aborted")
_EXECUTION_DATA = ("input", "output", "parameters")
_HTTP_ERROR = 400


def is_logged(level: str, event_type: str) -> bool:
    """Return whether an event of this type is written at this level (ALL, ERROR, FATAL or OFF)."""
    if level == "FATAL":
        return event_type in _FATAL
    if level == "ERROR":
        return event_type.endswith(_ERROR_ENDINGS) or event_type == "FailStateEntered"
    return level == "ALL"


def log_message(event: dict[str, Any], execution_arn: str, *, include_data: bool) -> dict[str, Any]:
    """Return an event of the history as Step Functions writes it to a log group."""
    found: dict[str, Any] = next((value for key, value in event.items() if key.endswith("EventDetails")), {})
    details = {}
    for name, value in found.items():
        if name not in _EXECUTION_DATA:
            details[name] = value
        elif include_data:
            details[name] = value
            details[f"{name}Details"] = {"truncated": False}
    stamp = datetime.fromisoformat(event["timestamp"])
    return {
        "id": str(event["id"]),
        "type": event["type"],
        "details": details,
        "previous_event_id": str(event["id"] - 1),
        "event_timestamp": str(int(stamp.timestamp() * 1000)),
        "execution_arn": execution_arn,
        "redrive_count": "0",
    }


class History:
    """Writes events to log groups; one stream a state machine and run of the emulator."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._streams: dict[tuple[str, str], str] = {}

    def write(self, execution: dict[str, Any], event: dict[str, Any]) -> None:
        """Write one event where its state machine's configuration asks for it."""
        machine = stepfunctions._state_machines.get(execution.get("stateMachineArn")) or {}
        configuration = machine.get("loggingConfiguration") or {}
        destinations = configuration.get("destinations") or []
        if not destinations or not is_logged(configuration.get("level", "OFF"), event["type"]):
            return
        arn = destinations[0]["cloudWatchLogsLogGroup"]["logGroupArn"]
        group = arn.partition(":log-group:")[2].removesuffix(":*")
        include_data = bool(configuration.get("includeExecutionData"))
        message = log_message(event, execution["executionArn"], include_data=include_data)
        stamped = {"timestamp": int(message["event_timestamp"]), "message": json.dumps(message)}
        status, _, body = cloudwatch_logs._put_log_events(
            {"logGroupName": group, "logStreamName": self._stream(group, machine["name"]), "logEvents": [stamped]}
        )
        if status >= _HTTP_ERROR:
            logger.error("state machine %s: history not written to %s: %s", machine["name"], group, body)

    def _stream(self, group: str, machine_name: str) -> str:
        with self._lock:
            new = f"states/{machine_name}/{time.strftime('%Y-%m-%d-%H-%M', time.gmtime())}/{secrets.token_hex(4)}"
            stream = self._streams.setdefault((group, machine_name), new)
            # Refused where it exists already, or where the group does not.
            cloudwatch_logs._create_log_stream({"logGroupName": group, "logStreamName": stream})
        return stream


def apply(settings: Settings, run_dir: Path) -> None:
    """Write every event at the moment it joins the history; the first one is there from the start."""
    del settings, run_dir
    history = History()

    @wrap(stepfunctions, "_add_event", "b1db143ccd21")
    def add(add_event: Any, execution: dict[str, Any], event_type: str, details: Any = None) -> Any:
        event = add_event(execution, event_type, details)
        history.write(execution, event)
        return event

    @wrap(stepfunctions, "_run_execution", "996dff84e0e0")
    def run(run_execution: Any, execution_arn: str) -> None:
        execution = stepfunctions._executions.get(execution_arn)
        if execution is not None:
            history.write(execution, execution["events"][0])
        run_execution(execution_arn)
