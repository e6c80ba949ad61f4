"""The inside of a Lambda worker: what AWS's Python runtime does around a handler.

Run by file name in a process of its own, with nothing but the standard library and the function's package on the
path. Reads JSON lines from standard input (the first one sets it up, each further one is an invocation) and answers
each with a JSON line. Everything the function prints goes to standard error, where a marker line ends each answer.
Ends as soon as its input ends, so that no worker outlives the emulator.

Error names and shapes follow https://docs.aws.amazon.com/lambda/latest/dg/python-exceptions.html.
"""

from __future__ import annotations

import importlib
import json
import logging
import os
import queue
import resource
import sys
import threading
import time
import traceback
from decimal import Decimal
from typing import IO, Any

LOG_END = "\x1eend of log\x1e"
_DEPTH_VARIABLE = "_MINISTACK_INVOKE_DEPTH"
_DEPTH_HEADER = "X-Ministack-Invoke-Depth"


class LambdaContext:
    """What a handler gets as its second argument (https://docs.aws.amazon.com/lambda/latest/dg/python-context.html)."""

    def __init__(self, invocation: dict[str, Any]) -> None:
        self.aws_request_id: str = invocation["request_id"]
        self.invoked_function_arn: str = invocation["function_arn"]
        self.function_name = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = os.environ["AWS_LAMBDA_FUNCTION_VERSION"]
        self.memory_limit_in_mb = os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.log_group_name = os.environ["AWS_LAMBDA_LOG_GROUP_NAME"]
        self.log_stream_name = os.environ["AWS_LAMBDA_LOG_STREAM_NAME"]
        self.client_context = None
        self.identity = None
        self._deadline = time.monotonic() + float(invocation["timeout"])

    def get_remaining_time_in_millis(self) -> int:
        """Return how long the invocation may still take, in milliseconds."""
        return max(0, int((self._deadline - time.monotonic()) * 1000))


class _RequestId(logging.Filter):
    current = ""

    def filter(self, record: logging.LogRecord) -> bool:
        record.aws_request_id = _RequestId.current
        return True


class _JsonFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        document: dict[str, Any] = {
            "timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(record.created)),
            "level": record.levelname,
            "message": record.getMessage(),
            "logger": record.name,
            "requestId": _RequestId.current,
        }
        if record.exc_info:
            document["stackTrace"] = traceback.format_exception(*record.exc_info)
        return json.dumps(document)


def _is_json_log() -> bool:
    return os.environ.get("AWS_LAMBDA_LOG_FORMAT") == "JSON"


def install_log_handler() -> None:
    """Give the root logger the handler and format AWS's runtime gives it."""
    handler = logging.StreamHandler(sys.stdout)
    handler.addFilter(_RequestId())
    if _is_json_log():
        handler.setFormatter(_JsonFormatter())
        logging.getLogger().setLevel(os.environ.get("AWS_LAMBDA_LOG_LEVEL", "INFO"))
    else:
        formatter = logging.Formatter(
            "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s", "%Y-%m-%dT%H:%M:%S"
        )
        formatter.converter = time.gmtime
        handler.setFormatter(formatter)
    logging.getLogger().addHandler(handler)


def failure(error_type: str, message: str, stack: list[str]) -> dict[str, Any]:
    """Return an error answer, and print it to the log as AWS's runtime does."""
    if _is_json_log():
        now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        report = {"timestamp": now, "log_level": "ERROR", "errorMessage": message, "errorType": error_type}
        print(json.dumps({**report, "requestId": _RequestId.current, "stackTrace": stack}))
    else:
        lines = ["Traceback (most recent call last):", *(frame.rstrip("\n") for frame in stack)] if stack else []
        print("\n".join([f"[ERROR] {error_type}: {message}", *lines]))
    return {"status": "error", "errorType": error_type, "errorMessage": message, "stackTrace": stack}


def _own_frames(error: BaseException) -> list[str]:
    """The traceback from the handler on, without this file's own frames."""
    frames = traceback.extract_tb(error.__traceback__)
    return traceback.format_list([frame for frame in frames if frame.filename != __file__])


def install_depth_header() -> None:
    """Let botocore pass on how many Lambda functions in a row led here, so that an endless loop is noticed."""
    try:
        handlers = importlib.import_module("botocore.handlers")
    except ImportError:
        return

    def add_depth(params: dict[str, Any], **_: object) -> None:
        depth = os.environ.get(_DEPTH_VARIABLE)
        if depth:
            params["headers"].setdefault(_DEPTH_HEADER, depth)

    handlers.BUILTIN_HANDLERS.append(("before-call", add_depth))


def load_handler(name: str) -> Any:
    """Return the handler, or an error answer where the package does not hold it."""
    module_name, _, function_name = name.rpartition(".")
    try:
        module = importlib.import_module(module_name.replace("/", "."))
    except SyntaxError as error:
        where = [f'  File "{error.filename}" Line {error.lineno}\n    {(error.text or "").strip()}\n']
        return failure("Runtime.UserCodeSyntaxError", f"Syntax error in module '{module_name}': {error.msg}", where)
    except ImportError as error:
        return failure("Runtime.ImportModuleError", f"Unable to import module '{module_name}': {error}", [])
    except Exception as error:  # noqa: BLE001 - whatever the function's module raises is its own answer
        return failure(type(error).__name__, str(error), _own_frames(error))
    handler = getattr(module, function_name, None)
    if handler is None:
        return failure("Runtime.HandlerNotFound", f"Handler '{function_name}' missing on module '{module_name}'", [])
    return handler


def _number(value: object) -> float:
    """AWS's runtime returns decimals, as boto3's DynamoDB tables give them, as numbers."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")


def invoke(handler: Any, invocation: dict[str, Any]) -> dict[str, Any]:
    """Run the handler on one event and return the answer."""
    _RequestId.current = invocation["request_id"]
    try:
        result = handler(invocation["event"], LambdaContext(invocation))
    except Exception as error:  # noqa: BLE001 - whatever the handler raises is its answer
        return failure(type(error).__name__, str(error), _own_frames(error))
    try:
        return {"status": "ok", "result": json.loads(json.dumps(result, default=_number))}
    except (TypeError, ValueError) as error:
        return failure("Runtime.MarshalError", f"Unable to marshal response: {error}", [])


def _max_memory_mb() -> int:
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return used // (1024 * 1024) if sys.platform == "darwin" else used // 1024


def _apply_variables(variables: dict[str, str], before: dict[str, str]) -> None:
    for name in before.keys() - variables.keys():
        os.environ.pop(name, None)
    os.environ.update(variables)


def _read_lines(source: IO[bytes], lines: queue.SimpleQueue[bytes]) -> None:
    for line in iter(source.readline, b""):
        lines.put(line)
    os._exit(0)


def main() -> None:
    """Serve invocations until the input ends."""
    # Private ends of the pipes: neither the handler nor a program it starts can disturb the conversation.
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    with open(os.devnull, "rb") as nothing:  # noqa: PTH123 - a descriptor, not a path, is what is needed
        os.dup2(nothing.fileno(), 0)
    os.dup2(2, 1)
    sys.stdout = os.fdopen(os.dup(1), "w", buffering=1, encoding="utf-8", errors="backslashreplace")
    sys.stderr = sys.stdout
    lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_read_lines, args=(requests, lines), daemon=True).start()

    def answer(document: dict[str, Any]) -> None:
        for handler in logging.getLogger().handlers:
            handler.flush()
        sys.stdout.flush()
        os.write(2, f"{LOG_END}\n".encode())
        answers.write(json.dumps({**document, "maxMemoryMb": _max_memory_mb()}).encode() + b"\n")
        answers.flush()

    set_up = json.loads(lines.get())
    sys.path[:0] = set_up["path"]
    install_log_handler()
    install_depth_header()
    handler = load_handler(set_up["handler"])
    if isinstance(handler, dict):
        answer(handler)
        sys.exit(1)
    answer({"status": "ready"})
    variables: dict[str, str] = {}
    while True:
        invocation = json.loads(lines.get())
        _apply_variables(invocation["variables"], variables)
        variables = invocation["variables"]
        answer(invoke(handler, invocation))


if __name__ == "__main__":
    main()
