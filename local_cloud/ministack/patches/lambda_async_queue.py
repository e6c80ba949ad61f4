"""Asynchronous invocations wait in a queue, are retried as on AWS, and what fails for good goes where it should.

Gap: MiniStack starts a thread an event, counts a throttled attempt as a failed one, so that reserved concurrency
loses events (3 of 60 were handled), sends a dead-letter queue the record meant for a destination, serves only one of
the two, always claims three attempts, and leaves failed asynchronous attempts out of the Errors metric.
Until: MiniStack queues asynchronous events per function and returns throttled ones to the queue.

AWS waits 1 minute before the first retry and 2 before the second, and up to 5 minutes between throttled attempts
(https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html); here ``--lambda-retry-seconds``
is the first wait. With reserved concurrency 0 an event goes straight to the failure target, as on AWS
(https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html).
"""

# ruff: noqa: SLF001 - a patch reaches where MiniStack has no public way

from __future__ import annotations

import contextvars
import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ministack.core import responses
from ministack.services import lambda_svc

from local_cloud.ministack.patches import lambda_failure_targets
from local_cloud.ministack.patches.base import wrap
from local_cloud.ministack.patches.lambda_worker_cap import nobody_waits
from local_cloud.ministack.patches.schedule import Schedule

if TYPE_CHECKING:
    from pathlib import Path

    from local_cloud.ministack.settings import Settings

logger = logging.getLogger("lambda")

_DEFAULT_RETRIES = 2
_DEFAULT_EVENT_AGE_SECONDS = 21600
_FIRST_THROTTLE_WAIT_SECONDS = 0.05
_LONGEST_THROTTLE_WAIT_SECONDS = 0.2


@dataclass
class Invocation:
    """One event on its way to a function."""

    function_arn: str
    event: object
    context: contextvars.Context
    failures: int = 0
    throttles: int = 0
    queued_at: float = field(default_factory=time.monotonic)

    @property
    def age(self) -> float:
        """Seconds since the event was accepted."""
        return time.monotonic() - self.queued_at


class AsyncQueue:
    """The queue of asynchronous events of all functions."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._schedule = Schedule()
        self._lock = threading.Lock()
        self._pools: dict[str, ThreadPoolExecutor] = {}

    def accept(self, func: dict[str, Any], event: object) -> None:
        """Take an event; returns at once."""
        config = func.get("config") or func
        self._put(Invocation(config["FunctionArn"], event, contextvars.copy_context()))

    def _put(self, invocation: Invocation) -> None:
        with self._lock:
            pool = self._pools.get(invocation.function_arn)
            if pool is None:
                pool = ThreadPoolExecutor(self._settings.lambda_workers, thread_name_prefix="lambda-async")
                self._pools[invocation.function_arn] = pool
        pool.submit(invocation.context.run, self._run_logged, invocation)

    def _run_logged(self, invocation: Invocation) -> None:
        try:
            self._run(invocation)
        except Exception:  # a pool keeps an exception to itself; the log must show it
            logger.exception("asynchronous invocation of %s failed inside the emulator", invocation.function_arn)

    def _run(self, invocation: Invocation) -> None:
        nobody_waits.set(True)
        _, _, _, region, account, *_ = invocation.function_arn.split(":")
        with responses.request_scope(account, region):
            func, config, name = lambda_svc._get_func_record_for_ref(invocation.function_arn)
            if func is None or config is None:
                logger.warning("Lambda %s is gone; its queued event is dropped", name)
                return
            record = lambda_svc._execution_record_for_config(func, config)
            if lambda_svc._reserved_concurrency(record, config) == 0:
                self._give_up(invocation, record, {"body": {}, "throttle": True}, "ReservedConcurrencyIsZero")
                return
            started = time.monotonic()
            result = lambda_svc._execute_function(record, invocation.event)
            self._settle(invocation, record, result, (time.monotonic() - started) * 1000)

    def _settle(
        self, invocation: Invocation, record: dict[str, Any], result: dict[str, Any], duration_ms: float
    ) -> None:
        """Decide what happens after an attempt."""
        name = record["config"]["FunctionName"]
        invoke_config = _invoke_config(record, invocation.function_arn)
        limit = invoke_config.get("MaximumEventAgeInSeconds", _DEFAULT_EVENT_AGE_SECONDS)
        if result.get("throttle"):
            wait = min(_FIRST_THROTTLE_WAIT_SECONDS * 2**invocation.throttles, _LONGEST_THROTTLE_WAIT_SECONDS)
            invocation.throttles += 1
            if invocation.age + wait > limit:
                self._give_up(invocation, record, result, "EventAgeExceeded")
                return
            self._schedule.later(wait, lambda: self._put(invocation))
            return
        lambda_svc._emit_lambda_metrics(name, duration_ms, bool(result.get("error")), throttle=False)
        if not result.get("error"):
            return
        wait = self._settings.lambda_retry_seconds * 2**invocation.failures
        invocation.failures += 1
        if invocation.failures > invoke_config.get("MaximumRetryAttempts", _DEFAULT_RETRIES):
            self._give_up(invocation, record, result, "RetriesExhausted")
        elif invocation.age + wait > limit:
            self._give_up(invocation, record, result, "EventAgeExceeded")
        else:
            logger.warning(
                "Lambda %s failed (%s), attempt %d; again in %g s (on AWS: %d min)",
                name, result["body"].get("errorType"), invocation.failures, wait, invocation.failures,
            )  # fmt: skip
            self._schedule.later(wait, lambda: self._put(invocation))

    def _give_up(self, invocation: Invocation, record: dict[str, Any], result: dict[str, Any], condition: str) -> None:
        failure = lambda_failure_targets.Failure(
            config=record["config"],
            event=invocation.event,
            result=result,
            condition=condition,
            attempts=invocation.failures,
        )
        destination = (_invoke_config(record, invocation.function_arn).get("DestinationConfig") or {}).get("OnFailure")
        lambda_failure_targets.deliver(failure, (destination or {}).get("Destination"), auth=self._settings.auth)


def _invoke_config(record: dict[str, Any], function_arn: str) -> dict[str, Any]:
    parts = function_arn.split(":")
    qualifier = parts[7] if len(parts) > 7 else None  # noqa: PLR2004 - arn:aws:lambda:region:account:function:name:qualifier
    found: dict[str, Any] | None = lambda_svc._event_invoke_config(record, qualifier)
    return found or {}


def apply(settings: Settings, run_dir: Path) -> None:
    """Send every asynchronous invocation through the queue, and count it when it has run, not when accepted."""
    del run_dir
    async_queue = AsyncQueue(settings)

    @wrap(lambda_svc, "invoke_async_with_retry", "289fe4d3cbd4")
    def invoke_async(_original: Any, func: dict[str, Any], event: object) -> None:
        async_queue.accept(func, event)

    @wrap(lambda_svc, "_emit_lambda_metrics", "3b6689d77cf6")
    def emit_metrics(metrics: Any, function_name: str, duration_ms: float, error: bool, throttle: bool) -> None:  # noqa: FBT001
        if duration_ms or throttle:  # an accepted event comes without a duration
            metrics(function_name, duration_ms, error, throttle)
