"""An execution ends once: after the definition's TimeoutSeconds, or when it is stopped, and stays ended.

Gap: MiniStack ignores the top-level TimeoutSeconds, and lets a state that is still at work turn an aborted execution
into a failed one and add events to its history.
Until: MiniStack times executions out and guards their end.
"""

# ruff: noqa: SLF001 - a patch reaches where MiniStack has no public way

from __future__ import annotations

import contextvars
import json
from typing import TYPE_CHECKING, Any

from ministack.core.responses import now_iso
from ministack.services import stepfunctions

from local_cloud.ministack.patches.base import wrap
from local_cloud.ministack.patches.schedule import Schedule

if TYPE_CHECKING:
    from pathlib import Path

    from local_cloud.ministack.settings import Settings

_ENDED_FROM_OUTSIDE = ("ABORTED", "TIMED_OUT")


def _time_out(execution: dict[str, Any]) -> None:
    if execution["status"] != "RUNNING":
        return
    execution.update(status="TIMED_OUT", stopDate=now_iso(), error=None, cause=None)
    stepfunctions._add_event(execution, "ExecutionTimedOut", {"executionTimedOutEventDetails": {}})
    stepfunctions._emit_execution_status_event(execution)


def _seconds(execution: dict[str, Any]) -> float | None:
    machine = stepfunctions._state_machines.get(execution["stateMachineArn"]) or {}
    try:
        seconds = json.loads(machine.get("definition", "")).get("TimeoutSeconds")
    except (ValueError, AttributeError):
        return None
    return float(seconds) if isinstance(seconds, (int, float)) else None


def apply(settings: Settings, run_dir: Path) -> None:
    """Start a clock with every execution, and let nothing happen to an ended one."""
    del settings, run_dir
    schedule = Schedule()

    @wrap(stepfunctions, "_run_execution", "996dff84e0e0")
    def run(run_execution: Any, execution_arn: str) -> None:
        execution = stepfunctions._executions.get(execution_arn)
        seconds = _seconds(execution) if execution else None
        if seconds is not None:
            context = contextvars.copy_context()
            schedule.later(seconds, lambda: context.run(_time_out, execution))
        run_execution(execution_arn)

    @wrap(stepfunctions, "_fail_execution", "e6da895fa0b7")
    def fail(fail_execution: Any, execution: dict[str, Any], error: str, cause: str) -> None:
        if execution["status"] == "RUNNING":
            fail_execution(execution, error, cause)

    @wrap(stepfunctions, "_add_event", "b1db143ccd21")
    def add(add_event: Any, execution: dict[str, Any], event_type: str, details: Any = None) -> Any:
        if execution.get("status") in _ENDED_FROM_OUTSIDE and not event_type.startswith("Execution"):
            return {}
        return add_event(execution, event_type, details)
