"""Python functions run as on AWS: a clean environment, their own packages first, errors by their own name.

Gap: MiniStack runs a Python function with its own site-packages and its whole server environment, reports every
exception as Runtime.HandlerError, so that a state machine's Retry and Catch by name never match, gives no stack
trace, and throws the worker away after an exception.
Until: MiniStack starts Python workers isolated from itself and reports the exception's class as errorType.
"""

# ruff: noqa: SLF001 - a patch reaches where MiniStack has no public way

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ministack.core import lambda_runtime
from ministack.services import lambda_svc

from local_cloud.ministack.lambda_environment import Place
from local_cloud.ministack.lambda_worker import CleanWorker
from local_cloud.ministack.patches.base import expect, wrap

if TYPE_CHECKING:
    from pathlib import Path

    from local_cloud.ministack.settings import Settings

_ANSWER_FIELDS = ("errorMessage", "errorType", "requestId", "stackTrace")


def apply(settings: Settings, run_dir: Path) -> None:
    """Run Python functions in ``CleanWorker`` processes."""
    CleanWorker.place = Place(run_dir / "lambda", settings.endpoint, settings.mediaconvert_endpoint)
    CleanWorker.place.prepare()
    expect(lambda_runtime, "Worker", "a0bd1819a704")

    @wrap(lambda_runtime, "_worker_class_for", "b5a23849280a")
    def choose(worker_class_for: Any, config: dict[str, Any]) -> Any:
        python = str(config.get("Runtime", "")).startswith("python")
        return CleanWorker if python else worker_class_for(config)

    @wrap(lambda_svc, "_execute_function_warm", "62b9218bef5b")
    def execute_warm(execute: Any, func: dict[str, Any], event: object, request_id: str) -> Any:
        config = func.get("config") or func
        if not str(config.get("Runtime", "")).startswith("python") or not func.get("code_zip"):
            return execute(func, event, request_id)
        return _execute(func["code_zip"], config, event, request_id)


def _execute(code: bytes, config: dict[str, Any], event: object, request_id: str) -> dict[str, Any]:
    """Run one invocation on a free worker and return it in the form MiniStack's callers expect."""
    lambda_svc._ensure_reaper_thread()
    version = config.get("Version", "$LATEST")
    worker, _ = lambda_svc.acquire_worker(config["FunctionName"], config, code, qualifier=version)
    try:
        answer = worker.invoke(
            event,
            request_id,
            trace_id=lambda_svc._xray_trace_id_for_invocation(config),
            invoked_function_arn=config.get("FunctionArn", ""),
            depth=lambda_svc._invoke_depth.get(),
            durable=lambda_svc._durable_env_overlay(),
        )
    finally:
        lambda_runtime.release_worker(worker)
    log = answer["log"]
    # MiniStack hands log_source on to where the log lines are written; lambda_logs looks for it there.
    outcome: dict[str, Any] = {"log": log.text(), "log_source": log}
    if answer["status"] == "ok":
        return {**outcome, "body": answer.get("result")}
    body = {name: answer[name] for name in _ANSWER_FIELDS if name in answer}
    return {**outcome, "body": body, "error": True, "function_error": "Unhandled"}
