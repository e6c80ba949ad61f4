from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from tests.local.ministack.support import MEDIACONVERT, WORKERS, attributes_of, unique, wait_for

if TYPE_CHECKING:
    from pathlib import Path

    from tests.local.ministack.support import Emulator

LOOK_AROUND = """
import os, sys
def handler(event, context):
    return {"env": dict(os.environ), "path": sys.path, "cwd": os.getcwd(), "pid": os.getpid()}
"""
NOTE_PID = """
import os, time
def handler(event, context):
    time.sleep(event["seconds"])
    with open(event["file"], "a") as notes:
        notes.write(f"{os.getpid()}\\n")
"""


def test_a_function_sees_what_aws_gives_it_and_nothing_of_the_server(emulator: Emulator) -> None:
    function = emulator.function(LOOK_AROUND, MemorySize=256, Environment={"Variables": {"OWN": "1"}})
    _, seen = emulator.invoke(function)
    env = seen["env"]

    assert env["OWN"] == "1"
    assert env["AWS_REGION"] == env["AWS_DEFAULT_REGION"] == "ap-southeast-1"
    assert env["AWS_LAMBDA_FUNCTION_NAME"] == function.rpartition(":")[2]
    assert env["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] == "256"
    assert env["AWS_EXECUTION_ENV"] == "AWS_Lambda_python3.13"
    assert env["AWS_ENDPOINT_URL"] == emulator.endpoint
    assert env["AWS_ENDPOINT_URL_MEDIACONVERT"] == MEDIACONVERT
    assert {"LEAK", "AWS_PROFILE", "PYTHONPATH", "GATEWAY_PORT", "MINISTACK_HOST", "VIRTUAL_ENV"}.isdisjoint(env)
    assert seen["cwd"] == seen["path"][0] == env["LAMBDA_TASK_ROOT"]
    assert not any("site-packages" in entry for entry in seen["path"])


def test_a_handler_in_a_package_is_found(emulator: Emulator) -> None:
    files = {"src/__init__.py": "", "src/orchestrator.py": "def handler(event, context): return __name__"}
    function = emulator.function("", files=files, Handler="src.orchestrator.handler")
    assert emulator.invoke(function) == (True, "src.orchestrator")


def test_a_bundled_sdk_wins_over_the_one_of_the_runtime(emulator: Emulator) -> None:
    source = "import boto3\ndef handler(event, context): return boto3.__version__"
    bundled = emulator.function(source, files={"boto3/__init__.py": "__version__ = 'bundled'"})
    plain = emulator.function(source)
    assert emulator.invoke(bundled) == (True, "bundled")
    ok, version = emulator.invoke(plain)
    assert ok
    assert version[0].isdigit()


def test_an_exception_keeps_its_name_and_its_trace_and_the_worker_lives_on(emulator: Emulator) -> None:
    source = """
import os
class QuotaError(Exception): pass
def handler(event, context):
    if event == "pid": return os.getpid()
    raise QuotaError("too much")
"""
    function = emulator.function(source)
    _, pid = emulator.invoke(function, "pid")
    ok, error = emulator.invoke(function)
    assert not ok
    assert (error["errorType"], error["errorMessage"]) == ("QuotaError", "too much")
    assert 'raise QuotaError("too much")' in error["stackTrace"][-1]
    assert len(error["stackTrace"]) == 1
    assert emulator.invoke(function, "pid") == (True, pid)


@pytest.mark.parametrize(
    ("source", "options", "error_type", "message"),
    [
        ("import nowhere", {}, "Runtime.ImportModuleError", "Unable to import module 'fn': No module named 'nowhere'"),
        ("", {}, "Runtime.HandlerNotFound", "Handler 'handler' missing on module 'fn'"),
        ("def handler(:", {}, "Runtime.UserCodeSyntaxError", "Syntax error in module 'fn'"),
        ("import sys\ndef handler(e, c): sys.exit(3)", {}, "Runtime.ExitError", "exited with error: exit status 3"),
        ("def handler(e, c): return object()", {}, "Runtime.MarshalError", "object is not JSON serializable"),
        ("import time\ndef handler(e, c): time.sleep(9)", {"Timeout": 1}, "Sandbox.Timedout", "timed out after 1.00 s"),
    ],
    ids=lambda value: value if isinstance(value, str) and "." in value and " " not in value else "",
)
def test_a_function_that_cannot_run_fails_as_on_aws(
    emulator: Emulator, source: str, options: dict[str, Any], error_type: str, message: str
) -> None:
    ok, error = emulator.invoke(emulator.function(source, **options))
    assert not ok
    assert error["errorType"] == error_type
    assert message in error["errorMessage"]


def test_the_context_tells_who_runs_and_for_how_long(emulator: Emulator) -> None:
    source = """
import decimal
def handler(event, context):
    return [context.function_name, context.invoked_function_arn, context.memory_limit_in_mb, context.aws_request_id,
            context.log_group_name, context.get_remaining_time_in_millis(), decimal.Decimal("1.5")]
"""
    arn = emulator.function(source, Timeout=7)
    _, (name, invoked, memory, request_id, group, left, number) = emulator.invoke(arn)
    assert (invoked, name, memory) == (arn, arn.rpartition(":")[2], "128")
    assert len(request_id) == 36
    assert group == f"/aws/lambda/{name}"
    assert 6000 < left <= 7000
    assert number == 1.5


def test_two_hundred_events_at_once_wait_for_few_workers(emulator: Emulator, tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    function = emulator.function(NOTE_PID)
    client = emulator.client("lambda")
    payload = json.dumps({"file": str(notes), "seconds": 0.002})
    for _ in range(200):
        client.invoke(FunctionName=function, InvocationType="Event", Payload=payload)
    pids = wait_for(lambda: (found := notes.read_text().split() if notes.exists() else [])[199:] and found)
    assert len(pids) == 200
    assert len(set(pids)) <= WORKERS


def test_callers_that_wait_share_few_workers_too(emulator: Emulator) -> None:
    function = emulator.function("import os, time\ndef handler(event, context): time.sleep(0.05); return os.getpid()")
    emulator.invoke(function)
    with ThreadPoolExecutor(3 * WORKERS) as callers:
        answers = list(callers.map(lambda _: emulator.invoke(function), range(3 * WORKERS)))
    assert all(ok for ok, _ in answers)
    assert len({pid for _, pid in answers}) <= WORKERS


def test_a_function_may_wait_for_itself_beyond_the_number_of_workers(emulator: Emulator) -> None:
    source = """
import boto3, json
def handler(event, context):
    if event == 0: return 0
    answer = boto3.client("lambda").invoke(FunctionName=context.function_name, Payload=json.dumps(event - 1))
    return 1 + json.loads(answer["Payload"].read())
"""
    assert emulator.invoke(emulator.function(source, Timeout=30), WORKERS) == (True, WORKERS)


def test_reserved_concurrency_delays_events_and_loses_none(emulator: Emulator, tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    function = emulator.function(NOTE_PID)
    emulator.client("lambda").put_function_concurrency(FunctionName=function, ReservedConcurrentExecutions=1)
    for _ in range(20):
        emulator.send(function, {"file": str(notes), "seconds": 0.01})
    pids = wait_for(lambda: (found := notes.read_text().split() if notes.exists() else [])[19:] and found)
    assert len(set(pids)) == 1


def test_reserved_concurrency_zero_sends_events_to_the_dead_letter_queue_untried(
    emulator: Emulator, tmp_path: Path
) -> None:
    dead_letters = emulator.queue()
    function = emulator.function(NOTE_PID, DeadLetterConfig={"TargetArn": dead_letters.arn})
    emulator.client("lambda").put_function_concurrency(FunctionName=function, ReservedConcurrentExecutions=0)
    event = {"file": str(tmp_path / "notes"), "seconds": 0}
    emulator.send(function, event)
    assert dead_letters.body() == event
    assert not (tmp_path / "notes").exists()


def test_an_event_that_fails_is_retried_then_told_to_the_destination_and_kept_in_the_dead_letter_queue(
    emulator: Emulator, tmp_path: Path
) -> None:
    source = """
def handler(event, context):
    open(event["file"], "a").write("x")
    raise RuntimeError("no luck")
"""
    destination, dead_letters = emulator.queue(), emulator.queue()
    function = emulator.function(source, DeadLetterConfig={"TargetArn": dead_letters.arn})
    emulator.client("lambda").put_function_event_invoke_config(
        FunctionName=function, DestinationConfig={"OnFailure": {"Destination": destination.arn}}
    )
    event = {"file": str(tmp_path / "attempts")}
    emulator.send(function, event)

    record = destination.body()
    assert (tmp_path / "attempts").read_text() == "xxx"
    assert record["requestContext"]["condition"] == "RetriesExhausted"
    assert record["requestContext"]["approximateInvokeCount"] == 3
    assert record["requestPayload"] == event
    assert record["responsePayload"]["errorType"] == "RuntimeError"
    letter = dead_letters.receive()
    assert json.loads(letter["Body"]) == event
    assert attributes_of(letter)["ErrorMessage"] == "no luck"
    name = function.rpartition(":")[2]
    assert emulator.metric("AWS/Lambda", "Errors", FunctionName=name) == 3
    assert emulator.metric("AWS/Lambda", "Invocations", FunctionName=name) == 3


def test_as_many_retries_as_configured(emulator: Emulator, tmp_path: Path) -> None:
    destination = emulator.queue()
    function = emulator.function("def handler(event, context): open(event, 'a').write('x'); raise ValueError")
    emulator.client("lambda").put_function_event_invoke_config(
        FunctionName=function,
        MaximumRetryAttempts=0,
        DestinationConfig={"OnFailure": {"Destination": destination.arn}},
    )
    emulator.send(function, str(tmp_path / "attempts"))
    assert destination.body()["requestContext"]["approximateInvokeCount"] == 1
    assert (tmp_path / "attempts").read_text() == "x"


def test_output_reaches_the_log_group_between_the_platforms_own_lines(emulator: Emulator) -> None:
    source = """
import logging
print("while starting")
def handler(event, context):
    print("one\\ntwo")
    logging.getLogger().warning("careful")
    return context.log_stream_name
"""
    function = emulator.function(source)
    _, stream = emulator.invoke(function)
    emulator.invoke(function)
    group = f"/aws/lambda/{function.rpartition(':')[2]}"
    streams = emulator.client("logs").describe_log_streams(logGroupName=group)["logStreams"]
    assert [found["logStreamName"] for found in streams] == [stream]
    first, second, start, one, two, warning, end, report, *again = emulator.log_lines(group)
    assert first.startswith("INIT_START")
    assert second == "while starting"
    assert start.startswith("START RequestId: ")
    assert (one, two) == ("one", "two")
    assert warning.startswith("[WARNING]\t")
    assert warning.endswith("\tcareful")
    assert end.startswith("END RequestId: ")
    assert "\tMax Memory Used: " in report
    assert "\tInit Duration: " in report
    assert "Init Duration" not in again[-1]


def test_a_silent_function_need_not_wait_for_output_that_never_comes(emulator: Emulator) -> None:
    function = emulator.function("def handler(event, context): return event")

    def seconds() -> float:
        began = time.monotonic()
        emulator.invoke(function)
        return time.monotonic() - began

    assert min(seconds() for _ in range(20)) < 0.045


def test_the_logging_config_names_the_group_and_the_format(emulator: Emulator) -> None:
    group = unique("/pipeline/functions")
    source = (
        "import logging\ndef handler(event, context): logging.getLogger('app').info('hello'); raise ValueError('no')"
    )
    config = {"LogFormat": "JSON", "ApplicationLogLevel": "INFO", "SystemLogLevel": "WARN", "LogGroup": group}
    emulator.invoke(emulator.function(source, LoggingConfig=config))
    hello, error, report = (json.loads(line) for line in emulator.log_lines(group))
    assert (hello["level"], hello["message"], hello["logger"]) == ("INFO", "hello", "app")
    assert (error["log_level"], error["errorType"]) == ("ERROR", "ValueError")
    assert (report["type"], report["record"]["status"]) == ("platform.report", "error")


def test_versions_are_listed_with_the_arn_of_each(emulator: Emulator) -> None:
    arn = emulator.function(LOOK_AROUND, Publish=True)
    bare = arn.removesuffix(":1")
    client = emulator.client("lambda")
    client.publish_version(FunctionName=bare)
    listed = client.list_versions_by_function(FunctionName=bare)["Versions"]
    assert [each["FunctionArn"] for each in listed] == [f"{bare}:{each['Version']}" for each in listed]
    assert listed[0]["Version"] == "$LATEST"
