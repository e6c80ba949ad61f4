"""A function's output reaches its log group as on AWS: one stream an execution environment, real platform lines.

Gap: MiniStack makes a new log stream for every invocation, with another name than the context object gives, stamps
all lines with the invocation's end, rounds durations to milliseconds, ignores the JSON log format and levels, and
writes the log even where the function's role may not (AUTH).
Until: MiniStack writes one stream an execution environment and honours LoggingConfig's format and levels.
"""

# ruff: noqa: SLF001 - a patch reaches where MiniStack has no public way

from __future__ import annotations

import json
import logging
import math
import time
from typing import TYPE_CHECKING, Any

from ministack.services import cloudwatch_logs, lambda_svc

from local_cloud.ministack.lambda_environment import log_group
from local_cloud.ministack.lambda_worker import InvocationLog
from local_cloud.ministack.patches.base import wrap
from local_cloud.ministack.patches.permissions import role_allows

if TYPE_CHECKING:
    from pathlib import Path

    from local_cloud.ministack.settings import Settings

logger = logging.getLogger("lambda")

Line = tuple[int, str]


def apply(settings: Settings, run_dir: Path) -> None:
    """Write the log of an invocation that ran in a ``CleanWorker`` from what that worker recorded."""
    del run_dir

    @wrap(lambda_svc, "_emit_lambda_logs", "111efbf06968")
    def emit_logs(
        emit: Any, func: dict[str, Any], request_id: str, log_text: str, *rest: object, log_source: object = None
    ) -> None:
        if not isinstance(log_source, InvocationLog):
            emit(func, request_id, log_text, *rest, log_source=log_source)
            return
        config = func.get("config") or func
        json_format = (config.get("LoggingConfig") or {}).get("LogFormat") == "JSON"
        lines = (
            _json_lines(config, request_id, log_source) if json_format else _text_lines(config, request_id, log_source)
        )
        group = log_group(config)
        if settings.auth and not _may_write(config, group, log_source.stream):
            logger.warning("Lambda %s: its role may not write to the log group %s", config["FunctionName"], group)
            return
        _write(group, log_source.stream, lines)


def _may_write(config: dict[str, Any], group: str, stream: str) -> bool:
    arn = cloudwatch_logs._make_group_arn_no_star(group)
    wanted = [(action, f"{arn}:log-stream:{stream}") for action in ("logs:CreateLogStream", "logs:PutLogEvents")]
    if group not in cloudwatch_logs._log_groups:
        wanted.append(("logs:CreateLogGroup", arn))
    return all(role_allows(config.get("Role", ""), action, resource) for action, resource in wanted)


def _write(group: str, stream: str, lines: list[Line]) -> None:
    # Both calls refuse what exists already, which is all the same here.
    if group not in cloudwatch_logs._log_groups:
        cloudwatch_logs._create_log_group({"logGroupName": group})
    cloudwatch_logs._create_log_stream({"logGroupName": group, "logStreamName": stream})
    events = [{"timestamp": stamp, "message": text} for stamp, text in lines]
    cloudwatch_logs._put_log_events({"logGroupName": group, "logStreamName": stream, "logEvents": events})


def _span(log: InvocationLog) -> tuple[int, int]:
    """Return when the invocation began and ended, in milliseconds since the epoch."""
    end = time.time_ns() // 1_000_000
    return end - math.ceil(log.duration_ms), end


def _text_lines(config: dict[str, Any], request_id: str, log: InvocationLog) -> list[Line]:
    begin, end = _span(log)
    first = log.lines[0][0] if log.lines else end
    begin = min(begin, first)
    initial: list[Line] = []
    report = [
        f"REPORT RequestId: {request_id}",
        f"Duration: {log.duration_ms:.2f} ms",
        f"Billed Duration: {math.ceil(log.duration_ms)} ms",
        f"Memory Size: {config.get('MemorySize', 128)} MB",
        f"Max Memory Used: {log.max_memory_mb} MB",
    ]
    if log.init_ms is not None:
        start = min([begin - math.ceil(log.init_ms), *(stamp for stamp, _ in log.init_lines)])
        initial = [(start, f"INIT_START Runtime Version: {config['Runtime']}"), *log.init_lines]
        report.append(f"Init Duration: {log.init_ms:.2f} ms")
        begin = max(begin, *(stamp for stamp, _ in initial))
    version = config.get("Version", "$LATEST")
    return [
        *initial,
        (begin, f"START RequestId: {request_id} Version: {version}"),
        *log.lines,
        (end, f"END RequestId: {request_id}"),
        (end, "\t".join([*report, ""])),
    ]


def _json_lines(config: dict[str, Any], request_id: str, log: InvocationLog) -> list[Line]:
    """Return the lines of the JSON format; a function's own lines stay as the function wrote them.

    Names: https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html. Start and a good report are
    of level INFO, a report of a failure is of level WARN.
    """
    begin, end = _span(log)
    level = (config.get("LoggingConfig") or {}).get("SystemLogLevel", "INFO")

    def event(stamp: int, kind: str, record: dict[str, Any]) -> Line:
        seconds = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(stamp / 1000))
        return stamp, json.dumps({"time": f"{seconds}.{stamp % 1000:03d}Z", "type": kind, "record": record})

    metrics: dict[str, Any] = {
        "durationMs": round(log.duration_ms, 3),
        "billedDurationMs": math.ceil(log.duration_ms),
        "memorySizeMB": config.get("MemorySize", 128),
        "maxMemoryUsedMB": log.max_memory_mb,
    }
    if log.init_ms is not None:
        metrics["initDurationMs"] = round(log.init_ms, 3)
    start = event(begin, "platform.start", {"requestId": request_id, "version": config.get("Version", "$LATEST")})
    report = event(end, "platform.report", {"requestId": request_id, "metrics": metrics, "status": log.status})
    starts = [start] if level in {"DEBUG", "INFO"} else []
    reports = [report] if starts or log.status != "success" else []
    return [*log.init_lines, *starts, *log.lines, *reports]
