"""A function has at most so many processes at a time; further invocations wait for a free one.

Gap: MiniStack starts a process for every invocation in flight: 200 events at once made 116 processes and took 5 GB.
Until: MiniStack's local executor has a ceiling on workers that makes invocations wait instead of failing them.
"""

# ruff: noqa: SLF001 - a patch reaches where MiniStack has no public way

from __future__ import annotations

import contextvars
import threading
from typing import TYPE_CHECKING, Any

from ministack.services import lambda_svc

from local_cloud.ministack.patches.base import wrap

if TYPE_CHECKING:
    from pathlib import Path

    from local_cloud.ministack.settings import Settings

# Set where nobody waits for the invocation's answer, so that waiting can never lock up.
nobody_waits: contextvars.ContextVar[bool] = contextvars.ContextVar("nobody_waits", default=False)


class Gates:
    """One gate a function; a gate lets so many invocations through at a time."""

    def __init__(self, width: int) -> None:
        self._width = width
        self._lock = threading.Lock()
        self._gates: dict[str, threading.BoundedSemaphore] = {}

    def of(self, key: str) -> threading.BoundedSemaphore:
        """Return the gate of a function."""
        with self._lock:
            return self._gates.setdefault(key, threading.BoundedSemaphore(self._width))


def apply(settings: Settings, run_dir: Path) -> None:
    """Put a gate before every execution."""
    del run_dir
    gates = Gates(settings.lambda_workers)

    @wrap(lambda_svc, "_execute_function", "3ceb16d6480a")
    def execute_function(execute: Any, func: dict[str, Any], event: object) -> Any:
        config = func.get("config") or func
        if lambda_svc._function_config_scope_mismatch(config):
            return execute(func, event)  # comes back here in the function's own account and region
        if lambda_svc._invoke_depth.get() > 1 and not nobody_waits.get():
            # A function that waits for this one may hold the last worker: let it through. AWS's own limit on
            # recursion bounds how many there can be.
            return execute(func, event)
        with gates.of(lambda_svc._inflight_key(config)):
            return execute(func, event)
